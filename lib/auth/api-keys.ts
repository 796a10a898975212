import ipaddr from 'ipaddr.js'
import type { Actor } from './actor.ts'
import { type Permission, permissionNames, type Role, roles } from './permissions.ts'
import { reachOf } from './reach.ts'
import { findApiKey, type StoredApiKey, touchApiKey } from './store.ts'
import { checksumOf, hashToken, randomBase62, sameBytes } from './tokens.ts'

const shape = /^(jf_[a-z0-9]{1,24}_[0-9A-Za-z]{30})([0-9A-Za-z]{6})$/

/** A new key, `jf_<workspace tag>_<30 random><6 checksum>`: 178 random bits, recognisable to secret scanners. */
export const mintApiKey = (tag: string): { key: string; hash: Uint8Array<ArrayBuffer>; hint: string } => {
  const body = `jf_${tag}_${randomBase62(30)}`
  const key = body + checksumOf(body)
  return { key, hash: hashToken(key), hint: body.slice(0, `jf_${tag}_`.length + 4) }
}

/** Whether it can be one of our keys at all; answered without the database. */
export const isWellFormedApiKey = (key: string): boolean => {
  const [, body, checksum] = (key.length <= 128 && shape.exec(key)) || []
  return body !== undefined && checksumOf(body) === checksum
}

/** The actor behind a key, or undefined for every kind of wrong key: they all look the same to the caller. */
export const actorOfApiKey = async (
  key: string,
  { ip, userAgent, now = new Date() }: { ip?: string | undefined; userAgent?: string | undefined; now?: Date },
): Promise<Actor | undefined> => {
  if (!isWellFormedApiKey(key)) return undefined
  const hash = hashToken(key)
  const stored = await findApiKey(hash)
  if (!stored || !sameBytes(stored.hash, hash) || !isUsable(stored, ip, now)) return undefined
  const role = roles.find((name): name is Role => name === stored.role)
  if (!role) return undefined
  if (!stored.lastUsedAt || now.getTime() - stored.lastUsedAt.getTime() > 60_000) await touchApiKey(stored.id, now)
  return {
    kind: 'api_key',
    id: stored.id,
    name: stored.name,
    workspaceId: stored.workspaceId,
    organizationId: stored.organizationId,
    role,
    scopes: stored.scopes.filter((scope): scope is Permission => permissionNames.includes(scope as Permission)),
    ...reachOf(stored),
    presented: () => key,
    ...(ip !== undefined && { ip }),
    ...(userAgent !== undefined && { userAgent }),
  }
}

const isUsable = (key: StoredApiKey, ip: string | undefined, now: Date): boolean =>
  key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now) && isAllowedFrom(key.ipAllowlist, ip)

const isAllowedFrom = (allowlist: string[], ip: string | undefined): boolean => {
  if (allowlist.length === 0) return true
  if (ip === undefined || !ipaddr.isValid(ip)) return false
  const address = ipaddr.process(ip)
  return allowlist.some((entry) => {
    const [range, bits] = parseRange(entry)
    return range.kind() === address.kind() && address.match(range, bits)
  })
}

/** `10.0.0.0/8`, `192.0.2.7` or their IPv6 kin. Throws on anything else. */
export const parseRange = (entry: string): [ipaddr.IPv4 | ipaddr.IPv6, number] => {
  if (entry.includes('/')) return ipaddr.parseCIDR(entry)
  const address = ipaddr.process(entry)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}
