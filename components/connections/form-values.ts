import type { ConnectionView } from '#lib/connections/schema'
import type { FormField } from '#lib/connectors/catalog'
import type { ConnectionRole, Manifest, ParsedUrl, Preset } from '#lib/connectors/contract'
import { type CredentialKind, credentialKinds, type KindField, secretFieldsOf } from '#lib/credentials/kinds'
import type { Pair } from '../layout/many-rows.tsx'

/** What happens to one secret field when the form is saved. */
export type SecretChoice = 'keep' | 'set' | 'clear'

/** One field as it is typed: everything is text until it is sent. */
export type FieldValue = string | boolean | string[] | Pair[]

export interface FormValues {
  name: string
  conn_id: string
  role: ConnectionRole
  environment: '' | 'dev' | 'staging' | 'prod'
  tags: string[]
  description: string
  config: Record<string, FieldValue>
  /** Where the login comes from: typed here, a stored credential that others may use too, or there is none. */
  login: LoginSource
  credential_id: string
  /** Null where the connector logs in to nothing. */
  kind: CredentialKind | null
  /** Public and secret fields of a typed login; a kept secret is never in here. */
  credential: Record<string, FieldValue>
  secrets: Record<string, SecretChoice>
  /** The person has said that the kept secret may go to the new destination. */
  rebind: boolean
}

export type LoginSource = 'typed' | 'stored' | 'none'

/** The saved connection behind the form, as far as the form needs it. */
export type SavedConnection = Pick<ConnectionView, 'id' | 'conn_id' | 'config' | 'credential' | 'credential_id'>

export const emptyValues = (manifest: Manifest, fields: readonly FormField[], role: ConnectionRole): FormValues => ({
  name: '',
  conn_id: '',
  role,
  environment: '',
  tags: [],
  description: '',
  config: Object.fromEntries(fields.map((field) => [field.name, fieldValue(field, field.default)])),
  login: firstLogin(manifest),
  credential_id: '',
  rebind: false,
  ...emptyLogin(manifest.credentials[0] ?? null),
})

/** Where a login only matters to those who open a part of the form, such as a tunnel, none is the beginning. */
const firstLogin = ({ credentials: [kind], loginOptional }: Manifest): LoginSource => {
  const isAside = Object.values(kindFields(kind ?? null)).every(({ group }) => group !== undefined)
  return kind === undefined || (loginOptional && isAside) ? 'none' : 'typed'
}

/** The values a saved connection opens with: its stored secrets are kept until the person says otherwise. */
export const valuesOf = (
  view: ConnectionView,
  manifest: Manifest,
  fields: readonly FormField[],
  shared: boolean,
): FormValues => {
  const kind = manifest.credentials.find((known) => known === view.credential?.kind) ?? manifest.credentials[0] ?? null
  const settings = fields.map((field) => [
    field.name,
    fieldValue(field, settingAt(view.config, field.name) ?? field.default),
  ])
  return {
    name: view.name,
    conn_id: view.conn_id,
    role: view.role,
    environment: view.environment ?? '',
    tags: view.tags,
    description: view.description ?? '',
    config: Object.fromEntries(settings),
    login: loginSource(view, manifest, shared),
    credential_id: view.credential_id ?? '',
    rebind: false,
    ...savedLoginOf(view, kind),
  }
}

/**
 * The values a copy opens with: the same stored credential where the person may attach it, else the login without its
 * secrets, which are typed again.
 */
export const copyOf = (
  original: ConnectionView,
  manifest: Manifest,
  fields: readonly FormField[],
  canAttach: boolean,
): FormValues => {
  const values = valuesOf(original, manifest, fields, canAttach && original.credential !== null)
  return {
    ...values,
    name: `${original.name} copy`,
    conn_id: `${original.conn_id.slice(0, 56)}-copy`,
    credential_id: values.login === 'stored' ? values.credential_id : '',
    secrets: mapValues(values.secrets, () => 'set'),
  }
}

/** The stored login as the form opens with it: public fields filled in, stored secrets kept. */
export const savedLoginOf = ({ credential }: Pick<SavedConnection, 'credential'>, kind: CredentialKind | null) => {
  const login = emptyLogin(kind)
  const stored = credential?.secret?.fields ?? []
  return {
    kind,
    credential: mapValues(login.credential, (blank, name) =>
      login.secrets[name] ? blank : fieldValue(kindFields(kind)[name] ?? {}, credential?.config[name] ?? blank),
    ),
    secrets: mapValues(login.secrets, (_, name): SecretChoice => (stored.includes(name) ? 'keep' : 'set')),
  }
}

const loginSource = (view: ConnectionView, manifest: Manifest, shared: boolean): LoginSource => {
  if (manifest.credentials.length === 0) return 'none'
  if (view.credential_id === null && manifest.loginOptional) return 'none'
  return shared ? 'stored' : 'typed'
}

/** The values with a provider's settings and its kind of login filled in. */
export const withPreset = (values: FormValues, preset: Preset | undefined): FormValues => ({
  ...values,
  config: { ...values.config, ...mapValues(preset?.config ?? {}, (value) => fieldValue({}, value)) },
  ...presetLogin(values, preset?.credential),
})

/** A stored credential that was chosen stays; of the same kind, what was typed stays too. */
const presetLogin = (values: FormValues, wanted: Preset['credential']): Partial<FormValues> => {
  if (!wanted || values.login === 'stored') return {}
  const login = wanted.kind === values.kind ? values : emptyLogin(wanted.kind)
  const given = mapValues(wanted.config ?? {}, (value) => fieldValue({}, value))
  const { kind, credential, secrets } = login
  return { login: 'typed', kind, secrets, credential: { ...credential, ...given } }
}

/** The values with what a pasted connection string said filled in; what it did not say stays. */
export const withParsed = (values: FormValues, parsed: ParsedUrl, { credentials }: Manifest): FormValues => {
  const config = known(parsed.config, values.config)
  const filled = { ...values, config: { ...values.config, ...config } }
  const kind = parsed.kind ?? credentials[0] ?? null
  if (Object.keys(parsed.credential).length === 0 || kind === null) return filled
  const login = kind === values.kind ? values : emptyLogin(kind)
  const credential = known(parsed.credential, login.credential)
  return {
    ...filled,
    login: 'typed',
    kind,
    credential: { ...login.credential, ...credential },
    secrets: mapValues(login.secrets, (choice, name) => (Object.hasOwn(credential, name) ? 'set' : choice)),
  }
}

/** What was read, as the form holds it, for the fields that the form has. */
const known = (read: ParsedUrl['config'], fields: Record<string, FieldValue>): Record<string, FieldValue> =>
  Object.fromEntries(
    Object.entries(read)
      .filter(([name]) => Object.hasOwn(fields, name))
      .map(([name, value]) => [name, fieldValue({}, value)]),
  )

export const emptyLogin = (kind: CredentialKind | null): Pick<FormValues, 'kind' | 'credential' | 'secrets'> => ({
  kind,
  credential: mapValues(kindFields(kind), (ui) => fieldValue(ui, ui.widget === 'select' ? firstOption(ui) : undefined)),
  secrets: Object.fromEntries((kind === null ? [] : secretFieldsOf(kind)).map((name) => [name, 'set' as const])),
})

// The first option of a kind is its default: a select that looks chosen has to be.
const firstOption = ({ options = {} }: KindField): string | undefined => Object.keys(options)[0]

export const kindFields = (kind: CredentialKind | null): Record<string, KindField> =>
  kind === null ? {} : credentialKinds[kind].ui

/** A setting by its name in the form, which is a path inside a group. */
export const settingAt = (config: Record<string, unknown>, name: string): unknown =>
  name.split('/').reduce<unknown>((from, part) => Object(from)[part], config)

/** A stored or read value as the form holds it; lists and maps have a row to type in. */
export const fieldValue = ({ widget, type }: { widget?: string; type?: string }, value: unknown): FieldValue => {
  if (Array.isArray(value)) return value.length > 0 ? value.map(String) : ['']
  if (typeof value === 'object' && value !== null)
    return pairsOr(Object.entries(value).map(([key, text]) => ({ key, value: String(text) })))
  if (widget === 'list' || type === 'list') return ['']
  if (widget === 'map' || type === 'map') return pairsOr([])
  if (type === 'boolean') return value === true
  return typeof value === 'boolean' ? value : value === undefined || value === null ? '' : String(value)
}

const pairsOr = (pairs: Pair[]): Pair[] => (pairs.length > 0 ? pairs : [{ key: '', value: '' }])

/** Whether nothing is typed in it. */
export const isBlank = (value: FieldValue | undefined): boolean => {
  if (value === undefined || value === false) return true
  if (typeof value === 'string') return value.trim() === ''
  return Array.isArray(value) && value.every((row) => (typeof row === 'string' ? row.trim() === '' : isBlankPair(row)))
}

const isBlankPair = ({ key, value }: Pair): boolean => key.trim() === '' && value === ''

export const isPairs = (value: FieldValue | undefined): value is Pair[] =>
  Array.isArray(value) && typeof value[0] === 'object'

export const isList = (value: FieldValue | undefined): value is string[] =>
  Array.isArray(value) && typeof value[0] !== 'object'

export const textOf = (value: FieldValue | undefined): string => (typeof value === 'string' ? value : '')

export const mapValues = <T, U>(record: Record<string, T>, map: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value, key)]))
