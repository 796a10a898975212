import { joinParts, partReader } from './parts.ts'
import { Refusal } from './refusal.ts'

/** A credential's secret part: names of fields and their values. */
export type SecretFields = Readonly<Record<string, string>>

const step = 32
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Each value takes a multiple of 32 bytes, at least 32: a ciphertext's length says as little as possible about a
 * password's (ENC-16). Padding the whole would let the lengths of field names move a value over a step.
 */
export const encodeFields = (fields: SecretFields): Buffer => {
  const names = Object.keys(fields).sort()
  return joinParts([names.length, ...names.flatMap((name) => [name, paddedValue(fields[name] ?? '')])])
}

export const decodeFields = (bytes: Buffer): Record<string, string> => {
  const reader = partReader(bytes)
  const count = Number(textOf(reader.part()))
  const fields = Array.from({ length: count }, () => {
    const name = textOf(reader.part())
    return [name, unpaddedValue(reader.part())] as const
  })
  if (reader.rest().length > 0) throw new Refusal('malformed')
  return Object.fromEntries(fields)
}

const paddedValue = (value: string): Buffer => {
  if (!value.isWellFormed()) throw new RangeError('A secret with half a surrogate pair would not come back as it was.')
  const bytes = Buffer.from(value, 'utf8')
  const padded = Buffer.alloc(4 + Math.max(step, Math.ceil(bytes.length / step) * step))
  padded.writeUInt32BE(bytes.length)
  bytes.copy(padded, 4)
  bytes.fill(0)
  return padded
}

const unpaddedValue = (padded: Buffer): string => {
  const reader = partReader(padded)
  return textOf(reader.take(reader.take(4).readUInt32BE()))
}

const textOf = (bytes: Buffer): string => utf8.decode(bytes)
