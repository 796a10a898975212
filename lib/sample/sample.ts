import { setTimeout as sleep } from 'node:timers/promises'
import { setupNeeded } from '#lib/auth/setup'
import { ensureSampleConnection, isSampleWanted } from './connection.ts'
import { prepareSample, type SampleLogin } from './server.ts'

export interface SampleServer {
  readonly port: number
  adminUrl(): string
}

export interface SampleOptions {
  startServer(): Promise<SampleServer>
  signal: AbortSignal
}

/** Brings the sample source up beside the product, and its connection as soon as there is a workspace to put it in. */
export const offerSample = async ({ startServer, signal }: SampleOptions): Promise<void> => {
  if (!(await isSampleWanted())) return
  const server = await startServer()
  const login: SampleLogin = await prepareSample(server.adminUrl())
  // Often, so that it is in the list that the new owner lands on.
  while (!signal.aborted && (await setupNeeded())) await sleep(100, undefined, { signal }).catch(() => {})
  if (!signal.aborted) await ensureSampleConnection(login, server.port)
}
