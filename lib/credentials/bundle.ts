import { AppError, type FieldError } from '#lib/core/errors'
import { findMisplacedSecret, misplacedSentence } from '#lib/core/misplaced-secret'
import { fieldErrors } from '#lib/core/parse'
import { secretMask } from '#lib/core/secret'
import { readKeyFile } from './key-file.ts'
import { type CredentialKind, credentialKinds, secretFieldsOf } from './kinds.ts'

/** A credential as it was typed: the public part, and for each secret field whether it is set, kept or cleared. */
export interface Bundle {
  kind: CredentialKind
  meta: Record<string, unknown>
  /** Public fields that were sent as null. */
  metaCleared: string[]
  typed: Record<string, string>
  kept: string[]
  cleared: string[]
}

/** What a field may be on the wire: a list for several values, an object for several named secrets. */
export type ConfigValue = string | number | boolean | null | string[] | Record<string, string>

export interface BundleInput {
  type?: string | undefined
  kind?: string | undefined
  config: Record<string, ConfigValue>
}

export interface BundleOptions {
  /** Kinds that fit; the connector's, or those of a type. */
  accepted: readonly CredentialKind[]
  /** JSON pointer of what stands above `config`, such as `/credential`. */
  at: string
  /** The public part that is stored: what was typed is laid over it. */
  stored?: Record<string, unknown>
}

/** Tells public and secret fields apart by the kind's schema, or throws with an error at each field that is wrong. */
export const parseBundle = (input: BundleInput, { accepted, at, stored }: BundleOptions): Bundle => {
  const kind = kindOf(input, accepted, at)
  const { meta: metaShape, secret: secretShape } = credentialKinds[kind]
  const isSecret = new Set(secretFieldsOf(kind))
  const bundle: Draft = { meta: { ...stored }, metaCleared: [], typed: {}, kept: [], cleared: [] }
  const errors: FieldError[] = []
  for (const [name, value] of Object.entries(input.config)) {
    if (isSecret.has(name)) takeSecret(bundle, name, value, errors, `${at}/config/${name}`, stored !== undefined)
    else if (value === null) {
      delete bundle.meta[name]
      bundle.metaCleared.push(name)
    } else bundle.meta[name] = value
  }
  const meta = metaShape.safeParse(bundle.meta)
  const secret = secretShape.safeParse(bundle.typed)
  const misplaced = findMisplacedSecret(bundle.meta, `${at}/config`)
  if (misplaced) errors.push({ pointer: misplaced.pointer, message: misplacedSentence(misplaced.words) })
  if (!meta.success) errors.push(...fieldErrors(meta.error, `${at}/config`))
  if (!secret.success) errors.push(...fieldErrors(secret.error, `${at}/config`))
  if (!meta.success || !secret.success || errors.length > 0) throw invalid(errors)
  const typed = textsOf(secret.data)
  return { ...bundle, kind, typed, meta: { ...meta.data, ...readKeyFile(kind, typed, `${at}/config`) } }
}

/** Before the schema has parsed it: a secret may still be an object of several. */
type Draft = Omit<Bundle, 'kind' | 'typed'> & { typed: Record<string, ConfigValue> }

const textsOf = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

const takeSecret = (
  bundle: Draft,
  name: string,
  value: ConfigValue,
  errors: FieldError[],
  pointer: string,
  isChange: boolean,
): void => {
  if (value === secretMask && isChange) bundle.kept.push(name)
  else if (value === secretMask) errors.push({ pointer, message: 'There is no stored value to keep; type it.' })
  else if (value === null) bundle.cleared.push(name)
  else if (holdsMask(value)) errors.push({ pointer, message: 'Type every value again, or leave all of them out.' })
  else if (!isEmpty(value)) bundle.typed[name] = value
  else if (isChange)
    errors.push({ pointer, message: 'Type a value, send null to clear it, or leave it out to keep it.' })
}

/** Several secrets are sealed as one: the mask keeps all of them or none. */
const holdsMask = (value: ConfigValue): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).includes(secretMask)

const isEmpty = (value: ConfigValue): boolean =>
  value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

const kindOf = (input: BundleInput, accepted: readonly CredentialKind[], at: string): CredentialKind => {
  const fitting = accepted.filter(
    (kind) =>
      (input.kind === undefined || kind === input.kind) &&
      (input.type === undefined || credentialKinds[kind].type === input.type),
  )
  // Where the type alone leaves a choice, the fields that were sent make it; of those that know them all, the plainest.
  const given = Object.keys(input.config)
  const [first] = fitting.filter((kind) => given.every((name) => Object.hasOwn(credentialKinds[kind].ui, name)))
  const [only, another] = fitting
  if (only && !another) return only
  if (first && given.length > 0) return first
  const pointer = `${at}/${input.type !== undefined && input.kind === undefined && !only ? 'type' : 'kind'}`
  const message = another
    ? `Say which kind it is: ${fitting.join(', ')}.`
    : `This does not fit here. Use one of: ${accepted.join(', ')}.`
  throw invalid([{ pointer, message }])
}

const invalid = (errors: FieldError[]): AppError =>
  new AppError(
    'invalid_request',
    errors.length === 1 && errors[0] ? errors[0].message : 'Some fields are not valid; see `errors`.',
    { errors },
  )
