import type { CredentialView } from '#lib/credentials/schema'
import type { Pair } from '../layout/many-rows.tsx'
import type { FormField, FormKind } from './form-kinds.ts'

export type SecretChoice = 'set' | 'keep' | 'clear'

/** What the form holds; a stored secret is never among it, only what to do with it. */
export interface CredentialValues {
  name: string
  scope: 'workspace' | 'organization'
  environment: string
  system: string
  owner_team: string
  description: string
  /** `2027-01-31`, as the date field has it. */
  expires_at: string
  rotate_every_days: string
  text: Record<string, string>
  list: Record<string, string[]>
  map: Record<string, Pair[]>
  secrets: Record<string, SecretChoice>
}

export interface FormError {
  path: string
  message: string
}

/** Fields the form offers: one that is advanced only where something is stored in it. */
export const offeredFields = (kind: FormKind, saved: CredentialView | undefined): FormField[] =>
  kind.fields.filter(({ name, advanced }) => !advanced || isStored(name, saved))

export const isStored = (name: string, saved: CredentialView | undefined): boolean =>
  saved !== undefined && (saved.secret.fields.includes(name) || saved.config[name] !== undefined)

export const valuesOf = (kind: FormKind, saved?: CredentialView): CredentialValues => {
  const of = (widget: 'list' | 'map') => kind.fields.filter((field) => field.widget === widget)
  const plain = kind.fields.filter(({ widget }) => widget !== 'list' && widget !== 'map')
  return {
    name: saved?.name ?? '',
    scope: saved?.scope ?? 'workspace',
    environment: saved?.environment ?? '',
    system: saved?.system ?? '',
    owner_team: saved?.owner_team ?? '',
    description: saved?.description ?? '',
    expires_at: saved?.expires_at?.slice(0, 10) ?? '',
    rotate_every_days: String(saved?.rotate_every_days ?? ''),
    text: Object.fromEntries(plain.map((field) => [field.name, textOf(field, saved)])),
    list: Object.fromEntries(of('list').map(({ name }) => [name, listOf(saved?.config[name])])),
    map: Object.fromEntries(of('map').map(({ name }) => [name, [{ key: '', value: '' }]])),
    secrets: Object.fromEntries(
      kind.fields
        .filter(({ isSecret }) => isSecret)
        .map(({ name }) => [name, saved?.secret.fields.includes(name) ? 'keep' : 'set']),
    ),
  }
}

const textOf = ({ name, isSecret, initial }: FormField, saved: CredentialView | undefined): string =>
  isSecret ? '' : String(saved ? (saved.config[name] ?? '') : initial)

const listOf = (value: unknown): string[] => (Array.isArray(value) && value.length > 0 ? value.map(String) : [''])

/** The stored secrets that somebody who pressed "Replace secret" is about to type. */
export const withReplacement = (values: CredentialValues, kind: FormKind): CredentialValues => {
  const stored = kind.fields.filter(({ name }) => values.secrets[name] === 'keep')
  const first = stored.filter(({ group }) => group === undefined)
  const chosen = (first.length > 0 ? first : stored).map(({ name }) => [name, 'set'] as const)
  return { ...values, secrets: { ...values.secrets, ...Object.fromEntries(chosen) } }
}

const labelNames = ['environment', 'system', 'owner_team', 'description'] as const

export const createBody = (values: CredentialValues, kind: FormKind): Record<string, unknown> => ({
  name: values.name,
  type: kind.type,
  kind: kind.kind,
  scope: values.scope,
  ...changedLabels(values, valuesOf(kind)),
  config: configOf(values, kind),
})

/** Only what differs: what is left out stays, null clears, and a kept secret is not mentioned at all. */
export const changeBody = (
  values: CredentialValues,
  baseline: CredentialValues,
  kind: FormKind,
): Record<string, unknown> => {
  const config = changedConfig(values, baseline, kind)
  return {
    ...(values.name !== baseline.name && { name: values.name }),
    ...changedLabels(values, baseline),
    ...(Object.keys(config).length > 0 && { config }),
  }
}

const changedLabels = (values: CredentialValues, baseline: CredentialValues): Record<string, unknown> => ({
  ...Object.fromEntries(
    labelNames.filter((name) => values[name] !== baseline[name]).map((name) => [name, values[name].trim() || null]),
  ),
  ...(values.expires_at !== baseline.expires_at && { expires_at: endOfDay(values.expires_at) }),
  ...(values.rotate_every_days !== baseline.rotate_every_days && {
    rotate_every_days: values.rotate_every_days.trim() === '' ? null : Number(values.rotate_every_days),
  }),
})

const endOfDay = (date: string): string | null => (date === '' ? null : `${date}T23:59:59.000Z`)

const configOf = (values: CredentialValues, kind: FormKind): Record<string, unknown> =>
  Object.fromEntries(
    kind.fields
      .map((field) => [field.name, wireValue(field, values)] as const)
      .filter(([, value]) => value !== undefined),
  )

const changedConfig = (
  values: CredentialValues,
  baseline: CredentialValues,
  kind: FormKind,
): Record<string, unknown> => {
  const entries = kind.fields.flatMap((field): [string, unknown][] => {
    const value = wireValue(field, values)
    if (field.isSecret) return secretChange(field.name, value, values.secrets[field.name])
    const before = wireValue(field, baseline)
    return JSON.stringify(value) === JSON.stringify(before) ? [] : [[field.name, value ?? null]]
  })
  return Object.fromEntries(entries)
}

const secretChange = (name: string, value: unknown, choice: SecretChoice | undefined): [string, unknown][] => {
  if (choice === 'clear') return [[name, null]]
  return choice === 'set' && value !== undefined ? [[name, value]] : []
}

/** A field as the API takes it; undefined where nothing is typed. */
const wireValue = ({ name, widget, isSecret }: FormField, values: CredentialValues): unknown => {
  if (widget === 'map') return emptyToUndefined(pairsOf(values.map[name]))
  if (widget === 'list') {
    const typed = (values.list[name] ?? []).map((text) => text.trim()).filter((text) => text !== '')
    return typed.length > 0 ? typed : undefined
  }
  // A secret is kept byte for byte; what stands around a public value was not meant.
  const text = isSecret ? (values.text[name] ?? '') : (values.text[name] ?? '').trim()
  if (text === '') return undefined
  return widget === 'number' && /^\d+$/.test(text) ? Number(text) : text
}

const pairsOf = (pairs: readonly Pair[] = []): Record<string, string> =>
  Object.fromEntries(
    pairs.filter(({ key, value }) => key.trim() !== '' && value !== '').map((p) => [p.key.trim(), p.value]),
  )

const emptyToUndefined = (map: Record<string, string>) => (Object.keys(map).length > 0 ? map : undefined)

/** What cannot be saved as it stands; the server checks everything else. */
export const checkValues = (
  values: CredentialValues,
  kind: FormKind,
  saved: CredentialView | undefined,
): FormError[] => {
  const missing = offeredFields(kind, saved).flatMap((field): FormError[] => {
    const message = missingMessage(field, values, saved)
    return message === undefined ? [] : [{ path: `config.${field.name}`, message }]
  })
  const nameless = values.name.trim() === '' ? [{ path: 'name', message: 'Give it a name.' }] : []
  return [...nameless, ...missing]
}

const missingMessage = (
  field: FormField,
  values: CredentialValues,
  saved: CredentialView | undefined,
): string | undefined => {
  const choice = values.secrets[field.name]
  if (choice === 'keep' || (wireValue(field, values) !== undefined && choice !== 'clear')) return undefined
  if (choice === 'set' && isStored(field.name, saved)) return 'Type the new value, or keep the stored one.'
  if (!field.required) return undefined
  if (choice === 'clear') return `${field.label} is needed; replace it instead of clearing it.`
  return `Enter the ${lowerFirst(field.label)}.`
}

/** "Access key id" → "access key id", "ARN of …" stays. */
const lowerFirst = (label: string): string =>
  /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1)

/** `/config/headers/X-Key` → `config.headers`; undefined for what the form has no field for. */
export const pathOfPointer = (pointer: string, kind: FormKind): string | undefined => {
  const [, first = '', second = ''] = pointer.split('/')
  if (first === 'config') return kind.fields.some(({ name }) => name === second) ? `config.${second}` : undefined
  const own = ['name', 'scope', 'environment', 'system', 'owner_team', 'description', 'expires_at', 'rotate_every_days']
  return own.includes(first) ? first : undefined
}

/** Drops every secret that was typed. */
export const withoutSecrets = (values: CredentialValues, kind: FormKind): CredentialValues => {
  const secret = kind.fields.filter(({ isSecret }) => isSecret).map(({ name }) => name)
  const emptied = <T>(record: Record<string, T>, empty: T) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, secret.includes(name) ? empty : value]))
  return { ...values, text: emptied(values.text, ''), map: emptied(values.map, []) }
}

/** Whether a field holds the same in both. */
export const isSameAt = (path: string, a: CredentialValues, b: CredentialValues): boolean => {
  const name = path.replace(/^config\./, '')
  const held = (values: CredentialValues) =>
    path === name
      ? new Map<string, unknown>(Object.entries(values)).get(name)
      : [values.text[name], values.list[name], values.map[name], values.secrets[name]]
  return JSON.stringify(held(a)) === JSON.stringify(held(b))
}
