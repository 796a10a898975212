import type { FormField } from '#lib/connectors/catalog'
import type { Pair } from '../layout/many-rows.tsx'
import { type FieldValue, type FormValues, fieldValue, isBlank, isList, isPairs } from './form-values.ts'

type Settings = Pick<FormValues, 'config'>

/** Whether a setting is shown: what it depends on is shown, and has one of the values that call for it. */
export const isShown = (field: FormField, values: Settings, fields: readonly FormField[]): boolean => {
  const ruler = field.when && rulerOf(field, field.when.field, fields)
  if (!field.when || !ruler) return true
  return isShown(ruler, values, fields) && field.when.in.includes(String(values.config[ruler.name] ?? ''))
}

/** What a setting depends on stands beside it in the same group, or among the settings outside of groups. */
const rulerOf = ({ name }: FormField, wanted: string, fields: readonly FormField[]): FormField | undefined => {
  const beside = `${name.slice(0, name.lastIndexOf('/') + 1)}${wanted}`
  return fields.find((field) => field.name === beside) ?? fields.find((field) => field.name === wanted)
}

/** Settings as the connector's schema takes them: numbers as numbers; empty, hidden and unused ones left out. */
export const settingsOf = (values: Settings, fields: readonly FormField[]): Record<string, unknown> => {
  const settings: Record<string, unknown> = {}
  const shown = fields.filter((field) => isShown(field, values, fields))
  for (const [group, members] of Map.groupBy(shown, ({ name }) => groupOf(name))) {
    if (group !== undefined && isOptional(members) && !isUsed(values, members)) continue
    for (const field of members) {
      const value = settingOf(values.config[field.name], field)
      if (value !== undefined) put(settings, field.name.split('/'), value)
    }
  }
  return settings
}

/** `ssh_tunnel` of `ssh_tunnel/host`; undefined for a setting that belongs to no group. */
const groupOf = (name: string): string | undefined => (name.includes('/') ? name.split('/')[0] : undefined)

/** Whether these are members of a group that may be left out as a whole. */
export const isOptional = (members: readonly FormField[]): boolean =>
  members.every(({ name, optionalGroup }) => name.includes('/') && optionalGroup === true)

/** Whether a group that may be left out is not: something in it is not as it came. */
export const isUsed = (values: Settings, members: readonly FormField[]): boolean =>
  members.some((field) => {
    const value = values.config[field.name]
    return !isBlank(value) && JSON.stringify(value) !== JSON.stringify(fieldValue(field, field.default))
  })

/** Names of the settings as the API knows them: a group is one. */
export const topNames = (fields: readonly FormField[]): Set<string> =>
  new Set(fields.map(({ name }) => groupOf(name) ?? name))

const put = (into: Record<string, unknown>, [first = '', ...rest]: string[], value: unknown): void => {
  if (rest.length === 0) {
    into[first] = value
    return
  }
  const inner: Record<string, unknown> = Object(into[first] ?? {})
  into[first] = inner
  put(inner, rest, value)
}

const settingOf = (value: FieldValue | undefined, field: FormField): unknown => {
  if (typeof value === 'boolean') return value
  if (isBlank(value)) return field.required ? emptyOf(field) : undefined
  if (typeof value !== 'string') return manyOf(value)
  const text = value.trim()
  return field.type === 'number' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

const emptyOf = ({ type }: FormField): unknown => (type === 'list' ? [] : type === 'map' ? {} : '')

/** A list or a map as the API takes it, without its blank rows and what has no name. */
export const manyOf = (value: FieldValue | undefined): unknown => {
  if (isPairs(value)) {
    const named = value.map((pair) => [pair.key.trim(), pair.value] as const).filter(([key]) => key !== '')
    return Object.fromEntries(named)
  }
  return isList(value) ? value.map((text) => text.trim()).filter((text) => text !== '') : value
}

const isTyped = ({ key, value }: Pair): boolean => key.trim() !== '' || value !== ''

/** The row that an error of the API is about: it counts and names only what was sent. */
export const rowOf = (value: FieldValue | undefined, member: string): number | undefined => {
  if (isPairs(value)) return notFound(value.findLastIndex(({ key }) => key.trim() === member))
  if (!isList(value)) return undefined
  const sent = value.flatMap((text, index) => (text.trim() === '' ? [] : [index]))
  return sent[Number(member)]
}

const notFound = (index: number): number | undefined => (index < 0 ? undefined : index)

/** Rows of a map that cannot be sent as they stand: without a name, or with one that another row has. */
export const wrongRows = (value: FieldValue | undefined): { row: number; message: string }[] => {
  if (!isPairs(value)) return []
  const names = value.map(({ key }) => key.trim())
  return value.flatMap((pair, row) => {
    if (!isTyped(pair)) return []
    if (names[row] === '') return [{ row, message: 'Give it a name.' }]
    return names.indexOf(names[row] ?? '') < row ? [{ row, message: `“${names[row]}” is there already.` }] : []
  })
}
