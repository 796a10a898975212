/** Length bounds in code points: long ones are welcome, nothing is ever cut off (AUTHN-4). */
export const passwordLength = { min: 12, max: 256 } as const

/** Why a password is too easy, in one sentence, or undefined. No rules about which characters it must have. */
export const weaknessOf = (password: string, about: { email?: string; name?: string }): string | undefined => {
  const given = password.normalize('NFC')
  const length = [...given].length
  if (length < passwordLength.min) return `Use at least ${passwordLength.min} characters.`
  if (length > passwordLength.max) return `Use at most ${passwordLength.max} characters.`
  if (!given.isWellFormed()) return 'This password holds characters that cannot be typed again.'
  const folded = given.normalize('NFKC').toLowerCase()
  const personal = personalWords(about)
  if (personal.some((word) => leftOver(folded, [word]) < 8))
    return 'Do not build the password from your name or address.'
  if (new Set(folded).size < 5 || isSequence(folded))
    return 'This password is too easy to guess; avoid repetitions and rows of keys.'
  if (Math.min(leftOver(folded, commonWords), leftOver(unleet(folded), commonWords)) < 5) {
    return 'This password is on every list of common ones; use a few unrelated words instead.'
  }
  return undefined
}

// The words that lists of leaked passwords are made of, and our own; digits and signs around them add little.
const commonWords = [
  'password', 'passwort', 'passwd', 'contrasena', 'motdepasse', 'letmein', 'welcome', 'changeme', 'changeit',
  'iloveyou', 'iloveu', 'trustno', 'opensesame', 'default', 'secret', 'temporary', 'master', 'sunshine', 'princess',
  'dragon', 'monkey', 'shadow', 'football', 'baseball', 'superman', 'batman', 'starwars', 'pokemon', 'computer',
  'internet', 'freedom', 'whatever', 'michael', 'jennifer', 'charlie', 'summer', 'winter', 'spring', 'autumn',
  'january', 'monday', 'qwerty', 'qwertz', 'azerty', 'asdfgh', 'zxcvbn', 'qazwsx', 'abc123', 'administrator', 'admin',
  'root', 'user', 'owner', 'login', 'test', 'guest', 'jackfield', 'postgresql', 'postgres', 'database', 'connection',
  'credential', 'workspace',
] // biome-ignore format: a list

/** How much is left of a password without the words, and without the digits and signs between them. */
const leftOver = (password: string, words: readonly string[]): number => {
  let rest = password
  for (const word of words) rest = rest.replaceAll(word, ' ')
  if (rest === password) return password.length
  return new Set(rest.replace(/[\d\s\p{P}\p{S}]/gu, '')).size
}

const personalWords = ({ email, name }: { email?: string; name?: string }): string[] =>
  [email ?? '', email?.split('@')[0] ?? '', ...(name ?? '').split(/\s+/), (name ?? '').replace(/\s/g, '')]
    .map((word) => word.normalize('NFKC').toLowerCase())
    .filter((word) => word.length >= 4)

const unleet = (text: string): string => text.replace(/[013457@$!]/g, (char) => leet[char] ?? char)
const leet: Record<string, string> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's', '!': 'i' }

const rows = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  '1234567890qwertyuiop',
]

/** Rows of keys or the alphabet, forwards, backwards or repeated: most steps lead to a neighbour in one of the rows. */
const isSequence = (text: string): boolean =>
  rows.some((row) => {
    const steps = [...text].slice(1).filter((char, i) => {
      const pair = `${text[i]}${char}`
      return row.includes(pair) || row.includes(`${char}${text[i]}`) || text[i] === char
    })
    return steps.length >= text.length * 0.75
  })
