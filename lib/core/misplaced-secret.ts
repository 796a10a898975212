import { escapePointer } from './parse.ts'

/**
 * Secrets that were typed where everybody can read them. A row is what cannot be anything else: the prefixes that issuers
 * gave their tokens so that they are found, keys in armour, and assignments to words that mean a secret.
 */
const shapes: readonly (readonly [shape: RegExp, words: string])[] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, 'a private key'],
  [
    /\b[a-z][a-z0-9+.-]{1,24}:\/\/[^\s/?#:@'"{}<$]{0,256}:[^\s/?#@'"{}<$*][^\s/?#@'"{}<$]{0,256}@/i,
    'a password in an address',
  ],
  [/\bjf_[a-z0-9]{1,24}_[0-9a-z]{36}\b/i, 'an API key of Jackfield'],
  [/\bgh[pousr]_[0-9a-z]{36}/i, 'a token of GitHub'],
  [/\bgithub_pat_[0-9a-z_]{50,}/i, 'a token of GitHub'],
  [/\bglpat-[0-9a-z_-]{20,}/i, 'a token of GitLab'],
  [/\bxox[abeoprs]-[0-9a-z-]{16,}/i, 'a token of Slack'],
  [/\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w{16,}/i, 'a webhook address of Slack, which is a secret'],
  [/\b[sr]k_(?:live|test)_[0-9a-z]{16,}/i, 'a key of Stripe'],
  [/\bwhsec_[0-9a-z+/=]{20,}/i, 'a webhook secret'],
  [/\bsk-ant-[0-9a-z_-]{20,}/i, 'a key of Anthropic'],
  [/\bsk-(?:proj-|svcacct-)?[0-9a-z_-]{32,}/i, 'a key of OpenAI'],
  [/\bAIza[0-9a-z_-]{35}/i, 'a key of Google'],
  [/\bya29\.[0-9a-z_-]{20,}/i, 'an access token of Google'],
  [/\bGOCSPX-[0-9a-z_-]{20,}/i, 'an OAuth secret of Google'],
  [/\bSG\.[0-9a-z_-]{20,}\.[0-9a-z_-]{20,}/i, 'a key of SendGrid'],
  [/\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}/i, 'a token of Shopify'],
  [/\bpat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f-]{27}/i, 'a token of HubSpot'],
  [/\bdapi[0-9a-f]{32}/i, 'a token of Databricks'],
  [/\bdo[opr]_v1_[0-9a-f]{64}/i, 'a token of DigitalOcean'],
  [/\bnpm_[0-9a-z]{36}/i, 'a token of npm'],
  [/\bpypi-[0-9a-z_-]{50,}/i, 'a token of PyPI'],
  [/\bhf_[0-9a-z]{30,}/i, 'a token of Hugging Face'],
  [/\bhv[sb]\.[0-9a-z_-]{24,}/i, 'a token of Vault'],
  [/\bAKIA[0-9A-Z]{16}\b[\s:,;/]+[0-9a-z/+]{40}(?![0-9a-z/+])/i, 'an access key of AWS with its secret'],
  [/\beyJ[0-9a-z_-]{10,}\.eyJ[0-9a-z_-]{10,}\.[0-9a-z_-]{10,}/i, 'a signed token (JWT)'],
  [/\bbearer\s+[0-9a-z._~+/-]{20,}=*/i, 'a bearer token'],
  [/\b(?:password|identified\s+by)\s+'[^'{}<$*]{4,256}'/i, 'a password in a statement'],
]

/** What issuers mark and keys in armour, each wherever it stands. */
export const issuedSecrets: readonly RegExp[] = shapes
  .slice(0, -1)
  .map(([shape]) => new RegExp(shape.source, `${shape.flags}g`))

const secretWord = 'pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key'
const before = '(?:client|access|refresh|auth|bot|shared|secret)?[_-]?'
const assignment = new RegExp(
  `(?<![a-z])${before}(?:${secretWord})["']?\\s{0,8}[=:]\\s{0,8}["']?([^\\s"'&;,{}<>$*()[\\]]{6,256})`,
  'gi',
)

/** What is assigned is taken for a secret where it is no plain word: with a digit or a sign in it. */
const isAssigned = (text: string): boolean =>
  [...text.matchAll(assignment)].some(
    ([, value = '']) => /\d|[^\p{L}\d]\S*[\p{L}\d]/u.test(value) && !isPlaceholder(value),
  )

const isPlaceholder = (value: string): boolean => /^(?:x{3,}|your|change|example|vault:|env:|https?:|arn:)/i.test(value)

/** Which secret a text clearly holds, in words that follow “This looks like”; placeholders such as `{{ password }}` are none. */
export const misplacedSecret = (text: string): string | undefined => {
  const found = shapes.find(([shape]) => shape.test(text))
  if (found) return found[1]
  return isAssigned(text) ? 'a password or key' : undefined
}

/** Headers whose value is a secret, whatever it looks like. */
const secretHeaders =
  /^(?:(?:proxy-)?authorization|cookie|x-api-key|api-key|apikey|x-auth-token|private-token|x-amz-security-token)$/i

/** The first secret anywhere in a value, with where it stands as a JSON pointer. */
export const findMisplacedSecret = (value: unknown, pointer = ''): { pointer: string; words: string } | undefined => {
  if (typeof value === 'string') {
    const words = misplacedSecret(value)
    return words === undefined ? undefined : { pointer, words }
  }
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, member] of Object.entries(value)) {
    const at = `${pointer}/${escapePointer(name)}`
    if (secretHeaders.test(name) && typeof member === 'string' && member !== '')
      return { pointer: at, words: 'a secret header' }
    const found = findMisplacedSecret(member, at)
    if (found) return found
  }
  return undefined
}

/** What to say at the field. */
export const misplacedSentence = (words: string): string =>
  `This looks like ${words}. Everybody who sees this can read it: put it into the login, where it is encrypted.`
