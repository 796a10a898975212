/** What cannot be anything but a secret; a definition is shown to everybody who sees pipelines. */
const shapes: readonly (readonly [shape: RegExp, words: string])[] = [
  [/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/, 'a private key'],
  [/\b[a-z][a-z0-9+.-]{1,24}:\/\/[^\s/:@'"{}<$]*:[^\s/@'"{}<$*][^\s/@'"{}<$]*@/i, 'a password in an address'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/, 'an access key of AWS'],
  [/\bjf_[a-z0-9]{1,24}_[0-9A-Za-z]{36}\b/, 'an API key of Jackfield'],
  [/\bgh[pousr]_[0-9A-Za-z]{36}/, 'a token of GitHub'],
]

/** Says which secret a text clearly holds; placeholders such as `{{ password }}` or `$PASSWORD` are none. */
export const embeddedSecret = (text: string): string | undefined => shapes.find(([shape]) => shape.test(text))?.[1]
