import { addStrike, addTries, clearTries, hasSignedInFrom } from './store.ts'
import { hashToken } from './tokens.ts'

/** Sign-ins that may fail within a window before the next one is refused unheard. Whoever goes on waits longer each time. */
const limits = {
  window_s: 15 * 60,
  /** One account from one address. */
  perPair: 10,
  /** One address, whatever the account. */
  perAddress: 50,
  /** One account from all addresses it has never been used from; strangers cannot lock its owner out of his own place. */
  perAccount: 50,
} as const

export interface SignInTry {
  /** Folded, so that no other spelling of an account starts again; empty for what is no address. */
  emailKey: string
  ip?: string | undefined
}

/**
 * Counts a sign-in before it is looked at and says whether it is one too many; equally for accounts that do not exist.
 * The counts are in the database: all instances share them and a restart forgets none (AUTHN-6).
 */
export const isOneTooMany = async ({ emailKey, ip = '' }: SignInTry): Promise<boolean> => {
  const [pair, address, account] = keysOf(emailKey, ip)
  const [tries, isKnown] = await Promise.all([
    addTries([pair, address], limits.window_s),
    hasSignedInFrom(emailKey, ip),
  ])
  const [ofPair, ofAddress] = [
    await isOver(tries, pair, limits.perPair),
    await isOver(tries, address, limits.perAddress),
  ]
  if (ofPair || ofAddress) return true
  if (isKnown) return false
  return isOver(await addTries([account], limits.window_s), account, limits.perAccount)
}

/** Whether the limit is passed; the try that passes it makes the next window longer. */
const isOver = async (tries: Map<string, number>, key: Uint8Array<ArrayBuffer>, limit: number): Promise<boolean> => {
  const count = tries.get(Buffer.from(key).toString('hex')) ?? 0
  if (count === limit + 1) await addStrike(key)
  return count > limit
}

/** The same for a sign-in that names no account before it has succeeded, such as one at an identity provider. */
export const isAddressOneTooMany = async (ip = ''): Promise<boolean> => {
  const [, address] = keysOf('', ip)
  return isOver(await addTries([address], limits.window_s), address, limits.perAddress)
}

export const forgetAddressTry = (ip = ''): Promise<void> => clearTries([], keysOf('', ip)[1])

/** A sign-in that succeeded was no guess: its counts begin again. */
export const forgetTries = ({ emailKey, ip = '' }: SignInTry): Promise<void> => {
  const [pair, address, account] = keysOf(emailKey, ip)
  return clearTries([pair, account], address)
}

/** Lets an account be tried again at once from everywhere it was never used from; after a reset at the command line. */
export const forgetAccount = (emailKey: string): Promise<void> => {
  const [pair, , account] = keysOf(emailKey, '')
  return clearTries([pair, account])
}

// Only hashes are stored: somebody may have typed a password where the address belongs.
const keysOf = (emailKey: string, ip: string) =>
  [hashToken(`pair ${emailKey} ${ip}`), hashToken(`address ${ip}`), hashToken(`account ${emailKey}`)] as const
