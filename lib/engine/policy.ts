import type { Env } from '#lib/config/env'
import type { EgressPolicy } from '#lib/runner/protocol'

/** Where connections may point: this machine only on a single-machine install, unless it was set otherwise. */
export const egressPolicy = (env: Env): EgressPolicy => ({
  allow_loopback: env.JACKFIELD_EGRESS_ALLOW_LOOPBACK ?? env.JACKFIELD_EMBEDDED,
  allow_private: env.JACKFIELD_EGRESS_ALLOW_PRIVATE,
  allow: env.JACKFIELD_EGRESS_ALLOW,
  deny: env.JACKFIELD_EGRESS_DENY,
  own: [...new Set([...env.JACKFIELD_OWN_ADDRESSES, ...databaseAddress(env.DATABASE_URL)])],
})

// Our own database is never a target, also when it runs elsewhere.
const databaseAddress = (url: string | undefined): string[] => {
  if (url === undefined || !URL.canParse(url)) return []
  const { hostname, port } = new URL(url)
  return hostname ? [`${hostname}:${port || '5432'}`] : []
}
