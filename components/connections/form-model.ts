import { destinationOf, type FormField } from '#lib/connectors/catalog'
import type { Manifest } from '#lib/connectors/contract'
import type { FieldError } from '#lib/core/errors'
import { fieldErrors } from '#lib/core/parse'
import { displayName, longText, slug, tagList } from '#lib/core/text'
import { credentialKinds } from '#lib/credentials/kinds'
import { isShown, manyOf, rowOf, settingsOf, topNames, wrongRows } from './form-settings.ts'
import { type FieldValue, type FormValues, isBlank, kindFields, type SavedConnection } from './form-values.ts'

export interface FormSubject {
  manifest: Manifest
  fields: readonly FormField[]
  saved: SavedConnection | undefined
  /** May send a stored secret to another destination than it was entered for. */
  canBind: boolean
}

/** `Prod Postgres (EU)` → `prod-postgres-eu`. */
export const slugFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
    .replace(/-+$/, '')

/* -------------------------------------------------------------------- what is sent */

/** The body that creates the connection. */
export const createBody = (values: FormValues, { manifest, fields }: FormSubject): Record<string, unknown> => ({
  type: manifest.id,
  ...labelsOf(values),
  config: settingsOf(values, fields),
  ...loginOf(values),
})

/** The body that changes it: only what differs from what was loaded, so that a label never touches a secret. */
export const changeBody = (
  values: FormValues,
  initial: FormValues,
  { fields }: FormSubject,
): Record<string, unknown> => {
  const before: Record<string, unknown> = labelsOf(initial)
  const changed = Object.entries(labelsOf(values)).filter(([key, value]) => !isSame(value, before[key]))
  return {
    ...Object.fromEntries(changed),
    ...(!isSame(values.config, initial.config) && { config: changedSettings(values, initial, fields) }),
    ...(isLoginChanged(values, initial) && loginOf(values)),
  }
}

/** The body of a test before saving. A kept secret is used through the saved connection it belongs to. */
export const draftBody = (
  values: FormValues,
  initial: FormValues,
  { manifest, fields, saved }: FormSubject,
): Record<string, unknown> => ({
  type: manifest.id,
  role: values.role,
  config: settingsOf(values, fields),
  ...(saved && { connection_ref: saved.id }),
  // Without a word about the login, the one of the saved connection is used.
  ...(saved && !isLoginChanged(values, initial) ? {} : loginOf(values)),
})

const labelsOf = (values: FormValues) => ({
  name: values.name.trim(),
  conn_id: values.conn_id,
  role: values.role,
  environment: values.environment || null,
  tags: values.tags,
  description: values.description.trim() || null,
})

const changedSettings = (values: FormValues, initial: FormValues, fields: readonly FormField[]) => {
  const [now, before] = [settingsOf(values, fields), settingsOf(initial, fields)]
  const names = [...topNames(fields)].filter((name) => !isSame(now[name], before[name]))
  return Object.fromEntries(names.map((name) => [name, now[name] ?? null]))
}

const loginOf = (values: FormValues): Record<string, unknown> => {
  if (values.login === 'none') return { credential_id: null }
  if (values.login === 'stored') return { credential_id: values.credential_id || null }
  const config = Object.fromEntries(
    Object.entries(values.credential).flatMap(([name, value]): [string, unknown][] => {
      const choice = values.secrets[name]
      if (choice === 'keep') return []
      if (choice === 'clear') return [[name, null]]
      // A secret is kept byte for byte, also one of blanks alone; what stands around a public value was not meant.
      if (typeof value !== 'string') return isBlank(value) ? [] : [[name, manyOf(value)]]
      const text = choice === 'set' ? value : value.trim()
      return text === '' ? [] : [[name, text]]
    }),
  )
  return Object.keys(config).length === 0 ? {} : { credential: { kind: values.kind, config } }
}

export const isLoginChanged = (values: FormValues, initial: FormValues): boolean =>
  !isSame(pickLogin(values), pickLogin(initial))

const pickLogin = ({ login, credential_id, kind, credential, secrets }: FormValues) => {
  if (login === 'none') return { login }
  return login === 'stored' ? { credential_id } : { login, kind, credential, secrets }
}

/* -------------------------------------------------------------------- what is wrong */

/** Everything wrong with the form, by the pointers the API uses, before anything is sent. */
export const checkForm = (values: FormValues, subject: FormSubject): FieldError[] => {
  const labels = { name: displayName, conn_id: slug, description: longText, tags: tagList }
  return [
    ...Object.entries(labels).flatMap(([name, schema]) =>
      issuesOf(schema, values[name as keyof typeof labels], `/${name}`),
    ),
    ...checkSettings(values, subject),
    ...checkLogin(values, subject),
  ]
}

/** A hidden setting is not sent, so nothing can be wrong with it. */
const checkSettings = (values: FormValues, { manifest, fields }: FormSubject): FieldError[] => {
  const hidden = fields.filter((field) => !isShown(field, values, fields)).map(({ name }) => `/config/${name}`)
  const issues = issuesOf(manifest.config, settingsOf(values, fields), '/config')
  return [...fields.flatMap(({ name }) => checkRows(values.config[name], `/config/${name}`)), ...issues].filter(
    ({ pointer }) => !hidden.some((name) => pointer === name || pointer.startsWith(`${name}/`)),
  )
}

/** By row and not by name: two rows may have the same one, or none. */
const checkRows = (value: FieldValue | undefined, pointer: string): FieldError[] =>
  wrongRows(value).map(({ row, message }) => ({ pointer: `${pointer}/${rowMark}${row}`, message }))

const rowMark = ':row:'

const checkLogin = (values: FormValues, subject: FormSubject): FieldError[] => {
  if (values.login === 'none' || values.kind === null) return []
  if (values.login === 'stored') {
    return values.credential_id
      ? []
      : [{ pointer: '/credential_id', message: 'Choose a credential, or type the login here.' }]
  }
  const sealed = subject.canBind && values.rebind ? undefined : sealedElsewhere(values, subject)
  return [
    ...issuesOf(credentialKinds[values.kind].meta, typedLogin(values), '/credential'),
    ...Object.entries(values.credential).flatMap(([name, value]) => checkRows(value, `/credential/${name}`)),
    ...missingSecrets(values, subject),
    ...(sealed?.fields ?? []).map((name) => ({
      pointer: `/credential/${name}`,
      message: subject.canBind
        ? 'Type it again for the new destination, or allow the stored one there.'
        : 'Type it again for the new destination.',
    })),
  ]
}

/** The public part of the login; left empty, an optional field is not there at all. */
const typedLogin = (values: FormValues): Record<string, unknown> => {
  const ui = kindFields(values.kind)
  const given = Object.entries(values.credential).filter(
    ([name, value]) => values.secrets[name] === undefined && (!isBlank(value) || ui[name]?.required),
  )
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : manyOf(value)]),
  )
}

/** Secrets that the kind cannot do without; a saved login that came without them may stay as it is. */
const missingSecrets = (values: FormValues, { saved }: FormSubject): FieldError[] => {
  if (saved?.credential && saved.credential.kind === values.kind) return []
  return Object.entries(kindFields(values.kind)).flatMap(([name, ui]) =>
    ui.required && values.secrets[name] === 'set' && isEmpty(values.credential[name])
      ? [{ pointer: `/credential/${name}`, message: `Enter the ${lowerFirst(ui.label)}.` }]
      : [],
  )
}

const isEmpty = (value: FieldValue | undefined): boolean => (typeof value === 'string' ? value === '' : isBlank(value))

/** "Access key id" → "access key id"; "ARN of …" stays. */
const lowerFirst = (label: string): string =>
  /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1)

/** The kept secrets that would now go somewhere else than they were entered for, and where that was. */
export const sealedElsewhere = (
  values: FormValues,
  { manifest, fields, saved }: FormSubject,
): { fields: string[]; from: string; to: string } | undefined => {
  const kept = Object.keys(values.secrets).filter((name) => values.secrets[name] === 'keep')
  if (!saved || values.login === 'stored' || kept.length === 0) return undefined
  const before = manifest.config.safeParse(saved.config)
  const after = manifest.config.safeParse(settingsOf(values, fields))
  if (!before.success || !after.success) return undefined
  const [from, to] = [destinationOf(manifest, before.data), destinationOf(manifest, after.data)]
  return isSame(from, to) ? undefined : { fields: kept, from: destinationText(from), to: destinationText(to) }
}

const destinationText = ({ host, port, tls, host_key, tunnel }: ReturnType<typeof destinationOf>): string =>
  `${host}:${port} (${host_key ?? tls})${tunnel ? ` through ${tunnel.user}@${tunnel.host}:${tunnel.port}` : ''}`

const issuesOf = (schema: Parsable, value: unknown, pointer: string): FieldError[] => {
  const parsed = schema.safeParse(value)
  return parsed.success || !parsed.error ? [] : fieldErrors(parsed.error, pointer)
}

interface Parsable {
  safeParse(value: unknown): { success: boolean; error?: Parameters<typeof fieldErrors>[0] | undefined }
}

/** Where in the form a pointer of the API points, in its canonical or its flat shape; undefined if nowhere. */
export const fieldAt = (
  pointer: string,
  { manifest, fields }: Pick<FormSubject, 'manifest' | 'fields'>,
  values?: FormValues,
): FieldPath | undefined => {
  const [first = '', ...rest] = pointer.split('/').slice(1).map(unescapePointer)
  if (first === 'config') return settingPath(rest, fields, values)
  if (first === 'credential') return credentialPath(rest, values)
  return labelPaths.find((path) => path === first) ?? flatFieldAt(first, manifest.flat)
}

const settingPath = (
  parts: string[],
  fields: readonly FormField[],
  values: FormValues | undefined,
): FieldPath | undefined => {
  const whole = parts.join('/')
  const field = fields.find(({ name }) => name === whole || whole.startsWith(`${name}/`))
  return field && `config.${field.name}${memberOf(whole.slice(field.name.length + 1), values?.config[field.name])}`
}

const credentialPath = (parts: string[], values: FormValues | undefined): FieldPath => {
  const [name, ...member] = parts[0] === 'config' ? parts.slice(1) : parts
  return name === undefined
    ? 'credential_id'
    : `credential.${name}${memberOf(member.join('/'), values?.credential[name])}`
}

/** `.1` for the second row of a list or a map; nothing where the error is about all of it. */
const memberOf = (member: string, value: FieldValue | undefined): `.${number}` | '' => {
  if (member === '') return ''
  const row = member.startsWith(rowMark) ? Number(member.slice(rowMark.length)) : rowOf(value, member)
  return row === undefined ? '' : `.${row}`
}

const flatFieldAt = (name: string, flat: Manifest['flat']): FieldPath | undefined => {
  if (name === 'login' || name === 'password') return flat[name] ? `credential.${flat[name].field}` : undefined
  if (name === 'host' || name === 'port' || name === 'schema') return flat[name] ? `config.${flat[name]}` : undefined
  return undefined
}

const labelPaths = ['name', 'conn_id', 'role', 'environment', 'tags', 'description', 'credential_id'] as const
type LabelPath = (typeof labelPaths)[number]
export type FieldPath = LabelPath | `config.${string}` | `credential.${string}`

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** Whether two plain values are equal, whatever the order of their keys. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a, sortKeys) === JSON.stringify(b, sortKeys)

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value
