import { issuedSecrets } from '#lib/core/misplaced-secret'

/** Stands where a secret stood. It is no SQL, so that a statement from the history never sets it as a password. */
const taken = '<secret>'

// Texts in any dialect: 'it''s', E'\'', "MySQL's", $$…$$, $tag$…$tag$.
const literal = String.raw`(?:(?:[enb]|u&)?'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|\$(\w{0,60})\$[\s\S]{0,2000}?\$\2\$)`
const words = 'pass(?:word|wd|phrase)?|pwd|secret|token|api_?key|access_?key|private_?key|auth_?key'
const assigned = String.raw`(?:\s+|\s*(?::=|=>|=|\()\s*)`

const shapes: readonly RegExp[] = [
  // ALTER USER … PASSWORD '…', SET PASSWORD = PASSWORD('…'), OPTIONS (password '…')
  new RegExp(
    String.raw`(\bpassword\b(?:\s+for\s+[^=;]{1,200})?${assigned}(?:(?:old_)?password\s*\(\s*)?)${literal}`,
    'gi',
  ),
  // IDENTIFIED BY '…', IDENTIFIED WITH x BY '…', IDENTIFIED VIA x USING PASSWORD('…')
  new RegExp(
    String.raw`(\bidentified\s+(?:(?:with|via)\s+\S{1,80}\s+)?(?:by|as|using)\s+(?:password\s*\(?\s*)?)${literal}`,
    'gi',
  ),
  // token = '…'
  new RegExp(String.raw`(\b\w{0,40}(?:${words})["\`]?\s*(?::=|=>|=)\s*)${literal}`, 'gi'),
]
/** `password=…` within a text that says how to connect. */
const withinText = new RegExp(String.raw`(\b(?:${words})\s*=\s*)[^\s'";&]+(?=[^'\n]*')`, 'gi')
const connecting = /'[^']*\b(?:host|hostaddr|dbname|user|server|uid)\s*=[^']*'/gi

const armoured = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^-]{0,20000}(?:-----END (?:[A-Z]+ )*PRIVATE KEY-----)?/g

/** A statement as it may be kept: without what it sets or compares as a password, key or token (SQL-10). */
export const withoutSecrets = (sql: string): string => {
  let kept = issuedSecrets.reduce((text, shape) => text.replace(shape, taken), sql.replace(armoured, taken))
  for (const shape of shapes) kept = kept.replace(shape, (_, before: string) => before + taken)
  return kept.replace(connecting, (text) => text.replace(withinText, `$1${taken}`))
}
