/** Failed sign-ins within the window before the next try is refused unheard. */
const limits = { window_ms: 15 * 60_000, perAccount: 10, perAddress: 50, keysMax: 20_000 } as const

const failures = new Map<string, { count: number; since: number }>()

/** Whether this account or this address has failed too often; equally for accounts that do not exist. */
export const isLimited = (emailKey: string, ip: string | undefined, now = Date.now()): boolean =>
  countOf(`a:${emailKey}`, now) >= limits.perAccount ||
  (ip !== undefined && countOf(`i:${ip}`, now) >= limits.perAddress)

export const noteFailure = (emailKey: string, ip: string | undefined, now = Date.now()): void => {
  add(`a:${emailKey}`, now)
  if (ip !== undefined) add(`i:${ip}`, now)
}

export const noteSuccess = (emailKey: string): void => {
  failures.delete(`a:${emailKey}`)
}

const countOf = (key: string, now: number): number => {
  const entry = failures.get(key)
  return entry && now - entry.since < limits.window_ms ? entry.count : 0
}

const add = (key: string, now: number): void => {
  const count = countOf(key, now)
  const since = count === 0 ? now : (failures.get(key)?.since ?? now)
  failures.delete(key)
  failures.set(key, { count: count + 1, since })
  // Memory stays bounded; the oldest key is the one that matters least.
  const [oldest] = failures.keys()
  if (failures.size > limits.keysMax && oldest !== undefined) failures.delete(oldest)
}
