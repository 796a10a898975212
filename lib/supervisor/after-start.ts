import { setTimeout as sleep } from 'node:timers/promises'
import { issueSetupToken, setupNeeded } from '#lib/auth/setup'
import type { Env } from '#lib/config/env'
import { disconnect } from '#lib/db/client'
import { say } from './console.ts'
import type { Product, Undo } from './product.ts'

/** What is done once everything runs: the one-time set-up link, and the sample source as soon as there is a workspace. */
export const afterStart = async (
  { url, embedded, home }: Product,
  settings: Env,
  undo: Undo,
): Promise<{ setupLink: string | undefined }> => {
  const token = await issueSetupToken()
  const stopped = new AbortController()
  const later = followUp({ home, wantsSample: embedded && settings.JACKFIELD_SAMPLE, undo, signal: stopped.signal })
  undo.push(async () => {
    stopped.abort()
    await later
  })
  return { setupLink: token === undefined ? undefined : `${url}/setup?token=${token}` }
}

interface FollowUp {
  home: string
  wantsSample: boolean
  undo: Undo
  signal: AbortSignal
}

const followUp = async ({ wantsSample, signal }: FollowUp): Promise<void> => {
  try {
    if (!wantsSample) return
    while (!signal.aborted && (await setupNeeded())) await sleep(300, undefined, { signal }).catch(() => {})
  } catch (error) {
    if (!signal.aborted) say(`The sample source is not available: ${error instanceof Error ? error.message : error}`)
  } finally {
    await disconnect()
  }
}
