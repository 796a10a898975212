import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { env } from '#lib/config/env'

let held: KeyObject | undefined
let madeUp: KeyObject | undefined

/** The engine and commands give the key they derived; the web process is given its one by the supervisor. */
export const holdOriginKey = (key: KeyObject): void => {
  held = key
}

/**
 * Without any, the key is made up: what such a process writes is kept, is never sealed, and `audit verify` names it.
 * Refusing instead would keep a stray script from being recorded at all.
 */
export const originKey = (): KeyObject => {
  if (held) return held
  const given = env().JACKFIELD_AUDIT_ORIGIN_KEY
  if (given) return createSecretKey(Buffer.from(given, 'base64url'))
  madeUp ??= createSecretKey(randomBytes(32))
  return madeUp
}
