import { type KeyObject, randomBytes } from 'node:crypto'
import { boxOverhead, closeBox, openBox } from './box.ts'
import { joinParts, partReader } from './parts.ts'
import { keyLength } from './primitives.ts'
import { Refusal } from './refusal.ts'
import { decodeFields, encodeFields, type SecretFields } from './secret-fields.ts'

/*
 * Own code over node:crypto rather than the AWS Encryption SDK: the same construction (HKDF-SHA512, AES-256-GCM, key
 * commitment, a data key per message) in about 150 lines that can be read whole, 15 times its speed, no 35 packages in
 * the process that holds the keys, and a layout of ours in which re-wrapping touches only the key part and the length
 * of a password stays hidden. What the SDK would bring, others' vectors and a frozen format, is here as Wycheproof
 * vectors through these very functions and golden files of every format.
 */

/** Where a secret belongs. An envelope opens only there (ENC-2). */
export interface SealContext {
  workspaceId: string
  credentialId: string
  version: number
  kind: string
  /** Where it may be sent, as one text: an envelope does not open for any other place (AUTHZ-3). */
  sealedTo: string
}

/** A key-encryption key. It is a KeyObject so that no log, inspector or error can print it. */
export interface Key {
  id: string
  secret: KeyObject
}

export type FindKey = (id: string) => Key | undefined

interface Format {
  seal(fields: SecretFields, context: SealContext, key: Key): Buffer
  open(envelope: Buffer, context: SealContext, find: FindKey): Record<string, string>
  rewrap(envelope: Buffer, context: SealContext, find: FindKey, to: Key): Buffer
}

const magic = Buffer.from('JF')
/** HKDF-SHA512, AES-256-GCM with a 16-byte tag, 32-byte key commitment. */
const suite = 1
/** Version of what is inside the box: fields with padded values. */
const contentVersion = 1

/** Format 1: `JF | format | suite | key id length | key id | box(KEK, data key) | box(data key, context and fields)`. */
const formatOne: Format = {
  seal(fields, context, key) {
    const dataKey = randomBytes(keyLength)
    const content = encodeContent(fields, context)
    try {
      const wrapped = closeBox(key.secret, dataKey, 'wrap', wrapContext(context, key.id))
      const sealed = closeBox(dataKey, content, 'content', contentContext(context))
      return Buffer.concat([headerOf(1, key.id), wrapped, sealed])
    } finally {
      dataKey.fill(0)
      content.fill(0)
    }
  },
  open(envelope, context, find) {
    const { dataKey, sealed } = unwrap(envelope, context, find)
    const content = openAndForget(dataKey, sealed, contentContext(context))
    try {
      return decodeContent(content, context)
    } finally {
      content.fill(0)
    }
  },
  rewrap(envelope, context, find, to) {
    const { dataKey, sealed } = unwrap(envelope, context, find)
    try {
      // What does not open is not moved: a damaged secret must not look freshly sealed.
      const content = openBox(dataKey, sealed, 'content', contentContext(context))
      requireContext(partReader(content).part(), context)
      content.fill(0)
      const wrapped = closeBox(to.secret, dataKey, 'wrap', wrapContext(context, to.id))
      return Buffer.concat([headerOf(1, to.id), wrapped, sealed])
    } finally {
      dataKey.fill(0)
    }
  },
}

/** The data key of an envelope of format 1, and the box it opens. */
const unwrap = (envelope: Buffer, context: SealContext, find: FindKey): { dataKey: Buffer; sealed: Buffer } => {
  const reader = partReader(envelope)
  reader.take(magic.length + 1)
  if (reader.take(1)[0] !== suite) throw new Refusal('unknown_suite')
  const keyId = reader.take(reader.take(1)[0] ?? 0).toString('latin1')
  const wrapped = reader.take(boxOverhead + keyLength)
  const key = find(keyId)
  if (!key) throw new Refusal('unknown_key', keyId)
  return { dataKey: openBox(key.secret, wrapped, 'wrap', wrapContext(context, keyId)), sealed: reader.rest() }
}

/** Every format that can be read; new ones are added, none is ever removed (ENC-6). */
export const formats: Readonly<Record<number, Format>> = { 1: formatOne }

/** Seals the secret fields of one credential version with a data key of their own. */
export const seal = (fields: SecretFields, context: SealContext, key: Key): Buffer =>
  formatOne.seal(fields, context, key)

/** The secret fields, or a `Refusal`: a wrong plaintext is never answered. */
export const open = (
  envelope: Uint8Array,
  context: SealContext,
  find: FindKey,
  readable: Readonly<Record<number, Pick<Format, 'open'>>> = formats,
): Record<string, string> => {
  const bytes = Buffer.from(envelope)
  return formatOf(bytes, readable).open(bytes, context, find)
}

/**
 * The same secret under another key: only the wrapped data key is closed anew, the box with the secret stays as it is,
 * byte for byte. Refused where `open` would refuse.
 */
export const rewrap = (envelope: Uint8Array, context: SealContext, find: FindKey, to: Key): Buffer => {
  const bytes = Buffer.from(envelope)
  return formatOf(bytes, formats).rewrap(bytes, context, find, to)
}

/** Which key an envelope needs, without opening it. */
export const keyIdOf = (envelope: Uint8Array): string => {
  const bytes = Buffer.from(envelope)
  formatOf(bytes, formats)
  const reader = partReader(bytes.subarray(magic.length + 2))
  return reader.take(reader.take(1)[0] ?? 0).toString('latin1')
}

const formatOf = <T>(bytes: Buffer, readable: Readonly<Record<number, T>>): T => {
  const known = bytes.length > magic.length && bytes.subarray(0, magic.length).equals(magic)
  if (!known) throw new Refusal('malformed')
  const format = readable[bytes[magic.length] ?? -1]
  if (!format) throw new Refusal('unknown_format')
  return format
}

const headerOf = (format: number, keyId: string): Buffer => {
  const id = Buffer.from(keyId, 'latin1')
  return Buffer.concat([magic, Buffer.from([format, suite, id.length]), id])
}

const openAndForget = (dataKey: Buffer, box: Buffer, aad: Buffer): Buffer => {
  try {
    return openBox(dataKey, box, 'content', aad)
  } finally {
    dataKey.fill(0)
  }
}

const contextParts = ({ workspaceId, credentialId, version, kind, sealedTo }: SealContext): (string | number)[] => [
  contentVersion,
  workspaceId,
  credentialId,
  version,
  kind,
  sealedTo,
]

const contentContext = (context: SealContext): Buffer => joinParts(['content', suite, ...contextParts(context)])

const wrapContext = (context: SealContext, keyId: string): Buffer =>
  joinParts(['wrap', suite, keyId, ...contextParts(context)])

// The context stands inside as well and is compared after opening: should the associated data ever be left out or
// built wrongly, an envelope still opens only where it belongs (ENC-3).
const encodeContent = (fields: SecretFields, context: SealContext): Buffer => {
  const encoded = encodeFields(fields)
  const content = joinParts([joinParts(contextParts(context)), encoded])
  encoded.fill(0)
  return content
}

const decodeContent = (content: Buffer, context: SealContext): Record<string, string> => {
  const reader = partReader(content)
  requireContext(reader.part(), context)
  return decodeFields(reader.part())
}

const requireContext = (found: Buffer, context: SealContext): void => {
  if (!found.equals(joinParts(contextParts(context)))) throw new Refusal('context')
}
