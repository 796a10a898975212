import { afterEach, expect, test, vi } from 'vitest'
import { resetEnv } from '#lib/config/env'
import { createLog } from '#lib/core/log'
import { disconnect } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { watchAccess } from './watch.ts'

const database = useTestDatabase()
const log = createLog('engine', { level: 'silent' })

const pointTo = async (url: string) => {
  await disconnect()
  process.env.DATABASE_URL = url
  resetEnv()
}
afterEach(() => pointTo(database.url()))

const actor = {
  kind: 'system',
  id: 'system',
  name: 'Jackfield',
  workspace_id: 'ws',
  organization_id: 'org',
  may_bind: false,
} as const
const access = {
  ticket: { event: 'none', request_id: 'req', actor },
  connectionId: undefined,
  credentialId: 'cred_nobody',
} as const

test('a job ends when nobody can say any more whether it may go on', async () => {
  // A port where nobody listens.
  await pointTo('postgresql://nobody@127.0.0.1:9/nothing')
  const watch = watchAccess(access, { log })
  await vi.waitFor(() => expect(watch.signal.aborted).toBe(true), { timeout: 50_000, interval: 200 })
  watch.stop()
  expect(watch.signal.reason).toMatchObject({ code: 'unavailable' })
})

test('a job whose credential is gone ends with the reason', async () => {
  const watch = watchAccess(access, { log })
  await vi.waitFor(() => expect(watch.signal.aborted).toBe(true), { timeout: 50_000, interval: 200 })
  watch.stop()
  expect(watch.signal.reason).toMatchObject({ code: 'credential_locked' })
})
