import { issueSetupToken } from '#lib/auth/setup'
import type { Env } from '#lib/config/env'
import { disconnect } from '#lib/db/client'
import { offerSample } from '#lib/sample/sample'
import { say } from './console.ts'
import { keepServer } from './database.ts'
import type { Product, Undo } from './product.ts'

/** What is done once everything runs: the one-time set-up link, and in the background the sample source. */
export const afterStart = async (
  product: Product,
  settings: Env,
  undo: Undo,
): Promise<{ setupLink: string | undefined }> => {
  const token = await issueSetupToken()
  if (product.embedded && settings.JACKFIELD_SAMPLE) offerInBackground(product.home, undo)
  else await disconnect()
  return { setupLink: token === undefined ? undefined : `${product.url}/setup?token=${token}` }
}

// A cluster of its own: Jackfield's own PostgreSQL is no target, for nobody (JACKFIELD_OWN_ADDRESSES).
const smallServer = {
  name: 'sample',
  port: 5434,
  settings: { shared_buffers: '16MB', max_connections: '30', max_wal_size: '128MB', io_method: 'sync' },
}

// The product does not depend on it: what goes wrong here is said and nothing else.
const offerInBackground = (home: string, undo: Undo): void => {
  const stopped = new AbortController()
  const startServer = async () => {
    const server = await keepServer({ home, ...smallServer, say })
    undo.push(() => server.stop())
    return server
  }
  const offer = offerSample({ startServer, signal: stopped.signal })
    .catch((error: unknown) => {
      if (!stopped.signal.aborted) say(`The sample source is not available: ${sentenceOf(error)}`)
    })
    .finally(disconnect)
  undo.push(async () => {
    stopped.abort()
    await offer
  })
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
