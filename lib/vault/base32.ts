const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** What people write instead of the letters that the alphabet leaves out. */
const misread: Readonly<Record<string, string>> = { O: '0', I: '1', L: '1' }

/** Bytes as letters and digits that can be printed and typed again (Crockford's base32), in groups of four. */
export const toBase32 = (bytes: Uint8Array): string => {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = bits.match(/.{1,5}/g)?.map((five) => alphabet.charAt(Number.parseInt(five.padEnd(5, '0'), 2))) ?? []
  return (
    letters
      .join('')
      .match(/.{1,4}/g)
      ?.join('-') ?? ''
  )
}

/** The bytes of such text, however it is spaced; undefined if it is not what `toBase32` writes. */
export const fromBase32 = (text: string): Buffer | undefined => {
  const letters = text
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/[OIL]/g, (letter) => misread[letter] ?? letter)
  const bits = Array.from(letters, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from(bits.match(/[01]{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? [])
  return toBase32(bytes).replaceAll('-', '') === letters ? bytes : undefined
}
