import { destinationOf, firstContactOf } from '#lib/connectors/catalog'
import type { FlatMapping, Manifest } from '#lib/connectors/contract'
import { AppError, type FieldError } from '#lib/core/errors'
import { findMisplacedSecret, misplacedSentence } from '#lib/core/misplaced-secret'
import { fieldErrors } from '#lib/core/parse'
import type { BundleInput } from '#lib/credentials/bundle'
import { credentialKinds } from '#lib/credentials/kinds'

/** The settings part of a request, canonical or flat. */
export interface SettingsBody {
  config?: Record<string, unknown> | undefined
  credential_id?: string | null | undefined
  credential?: (BundleInput & { name?: string | undefined }) | undefined
  host?: string | undefined
  port?: number | string | null | undefined
  schema?: string | undefined
  login?: string | undefined
  password?: string | null | undefined
  extra?: string | Record<string, unknown> | null | undefined
}

/** Both shapes as one. Null in `config` takes a setting away. */
export interface Settings {
  config: Record<string, unknown> | undefined
  credentialId: string | null | undefined
  credential: (BundleInput & { name?: string | undefined }) | undefined
  isFlat: boolean
  /** Turns a pointer into the canonical body into one into the body that was sent. */
  pointer(canonical: string): string
}

const flatNames = ['host', 'port', 'schema', 'login', 'password', 'extra'] as const
type FlatName = (typeof flatNames)[number]
const canonicalNames = ['config', 'credential', 'credential_id'] as const

/** Reads either shape of the body; a mixture of the two would leave open which one counts. */
export const readSettings = (manifest: Manifest, body: SettingsBody): Settings => {
  const flat = flatNames.filter((name) => body[name] !== undefined)
  if (flat.length === 0) return canonicalSettings(body)
  if (canonicalNames.some((name) => body[name] !== undefined)) throw mixture(flat)
  refuseUnmapped(manifest, flat)
  return flatSettings(manifest, body)
}

const canonicalSettings = (body: SettingsBody): Settings => {
  if (body.credential !== undefined && body.credential_id !== undefined) {
    throw invalid([{ pointer: '/credential', message: 'Send either credential or credential_id.' }])
  }
  return {
    config: body.config,
    credentialId: body.credential_id,
    credential: body.credential,
    isFlat: false,
    pointer: (canonical) => canonical,
  }
}

const flatSettings = ({ flat, credentials }: Manifest, body: SettingsBody): Settings => {
  const config: Record<string, unknown> = {}
  for (const name of ['host', 'port', 'schema'] as const) {
    const setting = flat[name]
    if (setting !== undefined && body[name] !== undefined) config[setting] = body[name]
  }
  const secrets: BundleInput['config'] = {}
  if (flat.login && body.login !== undefined) secrets[flat.login.field] = body.login
  if (flat.password && body.password !== undefined) secrets[flat.password.field] = body.password
  if (body.extra !== undefined) secrets.extra = extraText(body.extra)
  const kind = flat.login?.kind ?? flat.password?.kind ?? credentials[0]
  return {
    config,
    credentialId: undefined,
    credential: Object.keys(secrets).length > 0 ? { kind, config: secrets } : undefined,
    isFlat: true,
    pointer: flatPointer(flat),
  }
}

/** Kept as the text it is, after a look at whether it is JSON at all: it is sealed as a whole and opened when used. */
const extraText = (extra: string | Record<string, unknown> | null): string | null => {
  if (extra === null || /^\*{8}$/.test(String(extra))) return extra === null ? null : '********'
  if (typeof extra !== 'string') return JSON.stringify(extra)
  if (extra.trim() === '') return ''
  try {
    const value: unknown = JSON.parse(extra)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return extra
  } catch {
    // The parser's message would quote a secret.
  }
  throw invalid([{ pointer: '/extra', message: 'This must be a JSON object.' }])
}

const flatPointer = (flat: FlatMapping) => {
  const pairs: [string, FlatName][] = [
    [`/config/${flat.host}`, 'host'],
    [`/config/${flat.port}`, 'port'],
    [`/config/${flat.schema}`, 'schema'],
    [`/credential/config/${flat.login?.field}`, 'login'],
    [`/credential/config/${flat.password?.field}`, 'password'],
    ['/credential/config/extra', 'extra'],
    ['/credential', 'password'],
  ]
  const names = new Map<string, string>(pairs.map(([pointer, name]) => [pointer, `/${name}`]))
  return (canonical: string) => names.get(canonical) ?? canonical
}

const refuseUnmapped = ({ name: connector, flat, credentials }: Manifest, given: FlatName[]): void => {
  const hasExtra = credentials.some((kind) => Object.hasOwn(credentialKinds[kind].secret.shape, 'extra'))
  const errors = given
    .filter((name) => (name === 'extra' ? !hasExtra : flat[name] === undefined))
    .map((name) => ({ pointer: `/${name}`, message: `${connector} has no such setting.` }))
  if (errors.length > 0) throw invalid(errors)
}

/** Parses settings by the connector's schema; every error at the field that was sent. */
export const parseConfig = (manifest: Manifest, given: Record<string, unknown>, settings: Settings) => {
  const config = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined))
  const parsed = manifest.config.safeParse(config)
  const errors = [...(parsed.success ? [] : fieldErrors(parsed.error, '/config')), ...hiddenSecrets(config)]
  if (!parsed.success || errors.length > 0) {
    throw invalid(errors.map(({ pointer, message }) => ({ pointer: settings.pointer(pointer), message })))
  }
  return parsed.data as Record<string, unknown>
}

/** The same for settings that are saved: an SSH server counts only with its key. */
export const parseSaved = (manifest: Manifest, given: Record<string, unknown>, settings: Settings) => {
  const config = parseConfig(manifest, given, settings)
  const pointer = firstContactOf(destinationOf(manifest, config))
  if (pointer === undefined) return config
  const message = 'Test the connection to see the SSH server’s key, compare its fingerprint, and enter it here.'
  throw invalid([{ pointer: settings.pointer(pointer), message }])
}

/** A setting is shown to everyone: a token or a URL with a password inside would be a secret in the open (ENC-15). */
const hiddenSecrets = (config: Record<string, unknown>): FieldError[] => {
  const found = findMisplacedSecret(config, '/config')
  return found ? [{ pointer: found.pointer, message: misplacedSentence(found.words) }] : []
}

/** Runs a parse of canonical parts; its errors point into the body that was sent. */
export const atSentFields = <T>(settings: Settings, parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw relocated(error, settings)
  }
}

/** The same for work that takes time. */
export const atSentFieldsOf = async <T>(settings: Settings, work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (error) {
    throw relocated(error, settings)
  }
}

const relocated = (error: unknown, settings: Settings): unknown => {
  if (!(error instanceof AppError) || !error.errors) return error
  const errors = error.errors.map(({ pointer, message }) => ({ pointer: settings.pointer(pointer), message }))
  return new AppError(error.code, error.message, { errors, ...(error.details && { details: error.details }) })
}

export const invalid = (errors: FieldError[]): AppError =>
  new AppError(
    'invalid_request',
    errors.length === 1 && errors[0] ? errors[0].message : 'Some fields are not valid; see `errors`.',
    { errors },
  )

const mixture = (flat: FlatName[]) =>
  invalid(
    flat.map((name) => ({
      pointer: `/${name}`,
      message: 'Use either config and credential, or the flat fields, not both.',
    })),
  )
