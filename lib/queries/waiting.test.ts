import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { createSource, linesOf } from './testing/queries.ts'

const api = useApi()
// One of them is kept from queries.
useEngine(() => ({ JACKFIELD_RUNNERS_MAX: '2' }))
const target = useTarget()
let workspace: TestWorkspace
const limit_s = 8

beforeAll(async () => {
  workspace = await makeWorkspace()
  const { owner } = workspace.people
  await createSource(api, target, owner, { conn_id: 'sales' })
  const body = { limits: { timeout_seconds: limit_s } }
  expect((await api.call('PUT', '/api/data-sources/sales/configuration', { as: owner, body })).status).toBe(200)
})

test('every statement that is let in gets its whole time, however long it waits for a runner', {
  timeout: 120_000,
}, async () => {
  const body = { sql: `select pg_sleep(${limit_s - 3})` }
  const answers = await Promise.all(
    Array.from({ length: 3 }, async () => {
      const as = await makePerson(workspace, 'builder')
      return api.call('POST', '/api/data-sources/sales/queries', { as, by: 'cookie', body })
    }),
  )
  expect(answers.map(({ status, text }) => [status, linesOf(text).at(-1)])).toEqual(
    answers.map(() => [200, expect.objectContaining({ rows: 1 })]),
  )
})
