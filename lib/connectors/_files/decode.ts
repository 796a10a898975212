import { utf16Order } from './formats.ts'

export interface Decoded {
  text: string
  notes: string[]
}

/** Bytes as text: by their mark, as UTF-8 where that is valid, else as what Windows has written for decades. */
export const decodeText = (bytes: Uint8Array): Decoded => {
  const wide = utf16Order(bytes)
  if (wide) return { text: decode(wide, bytes), notes: [`Encoding: ${wide.toUpperCase()}.`] }
  // Never at the end of the stream: a cut may go through a character.
  const text = attempt(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }))
  if (text !== undefined) return { text, notes: [] }
  const isMostly = isMostlyUtf8(bytes)
  if (isMostly) return { text: decode('utf-8', bytes), notes: ['Some bytes are not valid UTF-8 and are shown as �.'] }
  return { text: decode('windows-1252', bytes), notes: ['Not UTF-8; read as Windows-1252.'] }
}

const decode = (label: string, bytes: Uint8Array): string => new TextDecoder(label).decode(bytes, { stream: true })

/** Whether there are whole characters of several bytes beside the broken ones. */
const isMostlyUtf8 = (bytes: Uint8Array): boolean => {
  const text = decode('utf-8', bytes.subarray(0, 65_536))
  const broken = text.split('\ufffd').length - 1
  const whole = text.replace(/[\p{ASCII}\ufffd]/gu, '').length
  return whole > broken
}

const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}
