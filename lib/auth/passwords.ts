import { type Algorithm, hash, verify } from '@node-rs/argon2'
import { AppError } from '#lib/core/errors'
import { weaknessOf } from './password-rules.ts'

// `Algorithm` is a const enum without a run-time value under type stripping.
const argon2id: Algorithm = 2
const cost = { algorithm: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// A hash takes 19 MiB and a core for a tenth of a second: a flood of sign-ins must not take them all.
const runningMax = 2
const waitingMax = 128

/** Hashes a password that passed `checkPassword`. NFC, so that the same letters typed elsewhere are the same password. */
export const hashPassword = (password: string): Promise<string> => inTurn(() => hash(password.normalize('NFC'), cost))

/** Compares with a stored hash, or with nothing: unknown people take exactly as long as wrong passwords (AUTHN-5). */
export const isPassword = async (stored: string | null | undefined, password: string): Promise<boolean> => {
  // Longer than any password can be; the time still has to be spent.
  const given = password.length > 1_024 ? '' : password.normalize('NFC')
  dummy ??= hashPassword('nobody has this password')
  const against = stored ?? (await dummy)
  const same = await inTurn(() => verify(against, given))
  return same && stored != null && given !== ''
}

let dummy: Promise<string> | undefined

/** Refuses a new password that would be guessed early, with the reason at its field. */
export const checkPassword = (password: string, about: { email?: string; name?: string }): void => {
  const weakness = weaknessOf(password, about)
  if (!weakness) return
  throw new AppError('invalid_request', weakness, { errors: [{ pointer: '/password', message: weakness }] })
}

let running = 0
const waiting: (() => void)[] = []

const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= runningMax) {
    if (waiting.length >= waitingMax) {
      throw new AppError('rate_limited', 'Too many sign-ins at the same time. Try again in a minute.')
    }
    await new Promise<void>((go) => waiting.push(go))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}
