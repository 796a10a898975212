import type { ConnectionView } from '#lib/connections/schema'
import { destinationOf, type FormField } from '#lib/connectors/catalog'
import type { ConnectionRole, Manifest, ParsedUrl, Preset } from '#lib/connectors/contract'
import type { FieldError } from '#lib/core/errors'
import { fieldErrors } from '#lib/core/parse'
import { displayName, longText, slug, tagList } from '#lib/core/text'
import { type CredentialKind, credentialKinds, type KindField, secretFieldsOf } from '#lib/credentials/kinds'

/** What happens to one secret field when the form is saved. */
export type SecretChoice = 'keep' | 'set' | 'clear'

/** The form as it is typed: everything is text until it is sent. */
export interface FormValues {
  name: string
  conn_id: string
  role: ConnectionRole
  environment: '' | 'dev' | 'staging' | 'prod'
  tags: string[]
  description: string
  config: Record<string, string | boolean>
  /** Where the login comes from: typed here, or a stored credential that others may use too. */
  login: 'typed' | 'stored'
  credential_id: string
  kind: CredentialKind
  /** Public and secret fields of a typed login; a kept secret is never in here. */
  credential: Record<string, string>
  secrets: Record<string, SecretChoice>
  /** The person has said that the kept secret may go to the new destination. */
  rebind: boolean
}

/** The saved connection behind the form, as far as the form needs it. */
export type SavedConnection = Pick<ConnectionView, 'id' | 'conn_id' | 'config' | 'credential' | 'credential_id'>

export interface FormSubject {
  manifest: Manifest
  fields: readonly FormField[]
  saved: SavedConnection | undefined
  /** May send a stored secret to another destination than it was entered for. */
  canBind: boolean
}

export const emptyValues = (manifest: Manifest, fields: readonly FormField[], role: ConnectionRole): FormValues => ({
  name: '',
  conn_id: '',
  role,
  environment: '',
  tags: [],
  description: '',
  config: Object.fromEntries(fields.map((field) => [field.name, textOf(field.default)])),
  login: 'typed',
  credential_id: '',
  rebind: false,
  ...emptyLogin(firstKind(manifest)),
})

/** The values a saved connection opens with: its stored secrets are kept until the person says otherwise. */
export const valuesOf = (
  view: ConnectionView,
  manifest: Manifest,
  fields: readonly FormField[],
  shared: boolean,
): FormValues => {
  const kind = manifest.credentials.find((known) => known === view.credential?.kind) ?? firstKind(manifest)
  const login = emptyLogin(kind)
  const stored = view.credential?.secret?.fields ?? []
  return {
    name: view.name,
    conn_id: view.conn_id,
    role: view.role,
    environment: view.environment ?? '',
    tags: view.tags,
    description: view.description ?? '',
    config: Object.fromEntries(fields.map((field) => [field.name, textOf(settingAt(view.config, field.name))])),
    login: shared ? 'stored' : 'typed',
    credential_id: view.credential_id ?? '',
    rebind: false,
    kind,
    credential: mapValues(login.credential, (_, name) => String(textOf(view.credential?.config[name]))),
    secrets: mapValues(login.secrets, (_, name) => (stored.includes(name) ? 'keep' : 'set')),
  }
}

/** The values with a provider's settings filled in. */
export const withPreset = (values: FormValues, preset: Preset | undefined): FormValues => ({
  ...values,
  config: { ...values.config, ...mapValues(preset?.config ?? {}, textOf) },
})

/** The values with what a pasted connection string said filled in; what it did not say stays. */
export const withParsed = (values: FormValues, parsed: ParsedUrl): FormValues => {
  const given = Object.keys(parsed.credential)
  return {
    ...values,
    config: { ...values.config, ...mapValues(parsed.config, textOf) },
    ...(given.length > 0 && { login: 'typed' as const }),
    credential: { ...values.credential, ...parsed.credential },
    secrets: mapValues(values.secrets, (choice, name) => (given.includes(name) ? 'set' : choice)),
  }
}

// Where nothing is logged in to, the form offers no login and this one stays empty.
const firstKind = ({ credentials }: Manifest): CredentialKind => credentials[0] ?? 'password.basic'

export const emptyLogin = (kind: CredentialKind): Pick<FormValues, 'kind' | 'credential' | 'secrets'> => ({
  kind,
  credential: Object.fromEntries(Object.keys(credentialKinds[kind].ui).map((name) => [name, ''])),
  secrets: Object.fromEntries(secretFieldsOf(kind).map((name) => [name, 'set' as const])),
})

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

/** Settings as the connector's schema takes them: numbers as numbers, empty optional ones and unused groups left out. */
export const settingsOf = (values: FormValues, fields: readonly FormField[]): Record<string, unknown> => {
  const settings: Record<string, unknown> = {}
  for (const [group, members] of Map.groupBy(fields, ({ name }) => groupOf(name))) {
    const given = members.flatMap((field) => {
      const value = settingOf(values.config[field.name], field)
      return value === undefined ? [] : [[field.name.slice(group ? group.length + 1 : 0), value] as const]
    })
    if (group === undefined) Object.assign(settings, Object.fromEntries(given))
    else if (isUsed(values, members)) settings[group] = Object.fromEntries(given)
  }
  return settings
}

/** `ssh_tunnel` of `ssh_tunnel/host`; undefined for a setting that belongs to no group. */
const groupOf = (name: string): string | undefined => (name.includes('/') ? name.split('/')[0] : undefined)

/** Whether a group that may be left out is not: something is typed in it. */
export const isUsed = (values: FormValues, members: readonly FormField[]): boolean =>
  members.some(({ name }) => String(values.config[name] ?? '').trim() !== '')

/** A setting by its name in the form, which is a path inside a group. */
export const settingAt = (config: Record<string, unknown>, name: string): unknown =>
  name.split('/').reduce<unknown>((from, part) => Object(from)[part], config)

const settingOf = (value: string | boolean | undefined, field: FormField): unknown => {
  if (typeof value === 'boolean') return value
  const text = value?.trim() ?? ''
  if (text === '') return field.required ? '' : undefined
  return field.type === 'number' && /^\d+$/.test(text) ? Number(text) : text
}

const changedSettings = (values: FormValues, initial: FormValues, fields: readonly FormField[]) => {
  const [now, before] = [settingsOf(values, fields), settingsOf(initial, fields)]
  const all = new Set(fields.map(({ name }) => groupOf(name) ?? name))
  const names = [...all].filter((name) => !isSame(now[name], before[name]))
  return Object.fromEntries(names.map((name) => [name, now[name] ?? null]))
}

const loginOf = (values: FormValues): Record<string, unknown> => {
  if (values.login === 'stored') return { credential_id: values.credential_id || null }
  const config = Object.fromEntries(
    Object.entries(values.credential).flatMap(([name, value]): [string, string | null][] => {
      const choice = values.secrets[name]
      if (choice === 'keep') return []
      if (choice === 'clear') return [[name, null]]
      return value === '' ? [] : [[name, choice === 'set' ? value : value.trim()]]
    }),
  )
  return Object.keys(config).length === 0 ? {} : { credential: { kind: values.kind, config } }
}

export const isLoginChanged = (values: FormValues, initial: FormValues): boolean =>
  !isSame(pickLogin(values), pickLogin(initial))

const pickLogin = ({ login, credential_id, kind, credential, secrets }: FormValues) =>
  login === 'stored' ? { credential_id } : { login, kind, credential, secrets }

/* -------------------------------------------------------------------- what is wrong */

/** Everything wrong with the form, by the pointers the API uses, before anything is sent. */
export const checkForm = (values: FormValues, subject: FormSubject): FieldError[] => {
  const { manifest, fields } = subject
  const labels = { name: displayName, conn_id: slug, description: longText, tags: tagList }
  return [
    ...Object.entries(labels).flatMap(([name, schema]) =>
      issuesOf(schema, values[name as keyof typeof labels], `/${name}`),
    ),
    ...issuesOf(manifest.config, settingsOf(values, fields), '/config'),
    ...checkLogin(values, subject),
  ]
}

const checkLogin = (values: FormValues, subject: FormSubject): FieldError[] => {
  if (values.login === 'stored') {
    return values.credential_id
      ? []
      : [{ pointer: '/credential_id', message: 'Choose a credential, or type the login here.' }]
  }
  const ui: Record<string, KindField> = credentialKinds[values.kind].ui
  // Left empty, an optional field is not there at all.
  const typed = Object.entries(values.credential).filter(
    ([name, value]) => values.secrets[name] === undefined && (value.trim() !== '' || ui[name]?.required),
  )
  const sealed = subject.canBind && values.rebind ? undefined : sealedElsewhere(values, subject)
  return [
    ...issuesOf(
      credentialKinds[values.kind].meta,
      Object.fromEntries(typed.map(([name, value]) => [name, value.trim()])),
      '/credential',
    ),
    ...(sealed?.fields ?? []).map((name) => ({
      pointer: `/credential/${name}`,
      message: subject.canBind
        ? 'Type it again for the new destination, or allow the stored one there.'
        : 'Type it again for the new destination.',
    })),
  ]
}

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
): FieldPath | undefined => {
  const parts = pointer.split('/').slice(1).map(unescapePointer)
  const [first = '', ...rest] = parts
  const last = rest.at(-1) ?? ''
  const name = rest.join('/')
  if (first === 'config') return fields.some((field) => field.name === name) ? `config.${name}` : undefined
  if (first === 'credential') return last && last !== 'config' ? `credential.${last}` : 'credential_id'
  const label = labelPaths.find((path) => path === first)
  if (label) return label
  return flatFieldAt(first, manifest.flat)
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

const textOf = (value: unknown): string | boolean =>
  typeof value === 'boolean' ? value : value === undefined || value === null ? '' : String(value)

const mapValues = <T, U>(record: Record<string, T>, map: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
