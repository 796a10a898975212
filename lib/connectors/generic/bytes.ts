/** Text as a person types bytes: `\r`, `\n`, `\t`, `\0`, `\\` and `\xHH` stand for those, everything else for its UTF-8. */
export const readBytes = (text: string): Buffer => {
  const parts = text.split(/(\\(?:x[0-9a-fA-F]{2}|[\s\S]|$))/)
  return Buffer.concat(parts.map((part) => (part.startsWith('\\') ? Buffer.from([byteOf(part)]) : Buffer.from(part))))
}

/** Why a text does not stand for bytes, as a sentence. */
export const problemOfBytes = (text: string): string | undefined => {
  const unknown = /^(?:[^\\]|\\(?:[rnt0\\]|x[0-9a-fA-F]{2}))*(\\.?)?/s.exec(text)?.[1]
  return unknown === undefined
    ? undefined
    : `“${unknown}” stands for nothing; use \\r, \\n, \\t, \\0, \\\\ or \\x and two hexadecimal digits.`
}

const byteOf = (written: string): number =>
  written[1] === 'x' ? Number.parseInt(written.slice(2), 16) : (named[written[1] ?? ''] ?? 0x5c)
const named: Record<string, number | undefined> = { r: 13, n: 10, t: 9, 0: 0 }

/** Bytes as text that is safe to show on one line: what is not printable ASCII is written `\xHH`, line ends `\r` and `\n`. */
export const showText = (bytes: Uint8Array, max = shownBytesMax): string => {
  const shown = [...bytes.subarray(0, max)].map(
    (byte) => escapeOf[byte] ?? (isPrintable(byte) ? String.fromCharCode(byte) : `\\x${hexOf(byte)}`),
  )
  return shown.join('') + (bytes.length > max ? '…' : '')
}

/** `53 53 48 2d …`, as `xxd` shows it. */
export const showHex = (bytes: Uint8Array, max = shownBytesMax): string =>
  [...bytes.subarray(0, max)].map(hexOf).join(' ') + (bytes.length > max ? ' …' : '')

const shownBytesMax = 256
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f
const hexOf = (byte: number): string => byte.toString(16).padStart(2, '0')
const escapeOf: Record<number, string | undefined> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }
