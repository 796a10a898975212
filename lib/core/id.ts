import { getRandomValues } from 'node:crypto'

/** Prefix of every id the product hands out; the rest is a ULID in lower case (48 bits of time, 80 random bits). */
export const idPrefixes = {
  organization: 'org',
  workspace: 'ws',
  user: 'usr',
  session: 'ses',
  apiKey: 'key',
  credential: 'cred',
  connection: 'conn',
  test: 'test',
  event: 'evt',
  pipeline: 'pipe',
  use: 'use',
  query: 'qry',
  refresh: 'rfr',
  request: 'req',
  invitation: 'inv',
  rotation: 'rot',
  rewrap: 'rew',
  sink: 'sink',
  alert: 'alrt',
  view: 'view',
  replication: 'repl',
  savedQuery: 'sq',
} as const

export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new id such as `conn_01jd3k…`: sorts by creation time to the millisecond, unguessable in its last 80 bits. */
export const newId = (kind: IdKind, at = Date.now()): string => {
  let time = ''
  for (let rest = at, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time
  const random = Array.from(getRandomValues(new Uint8Array(16)), (byte) => alphabet[byte % 32]).join('')
  return `${idPrefixes[kind]}_${time}${random}`
}

export const isId = (kind: IdKind, text: string): boolean =>
  new RegExp(`^${idPrefixes[kind]}_[${alphabet}]{26}$`).test(text)
