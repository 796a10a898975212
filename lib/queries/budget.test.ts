import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makePerson, makeWorkspace, type Person, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { useTarget } from '#lib/api/testing/target'
import { budget } from './budget.ts'
import { createSource, until } from './testing/queries.ts'

const api = useApi()
useEngine()
const target = useTarget()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
  for (const conn_id of ['one', 'two']) await createSource(api, target, workspace.people.owner, { conn_id })
})

/** All at once; how many were let in, and how many told to come again. */
const atOnce = async (calls: { as: Person; ref: string }[]) => {
  const body = { sql: 'select pg_sleep(8)' }
  const responses = await Promise.all(
    calls.map(({ as, ref }) => api.send('POST', `/api/data-sources/${ref}/queries`, { as, by: 'cookie', body })),
  )
  // Only now does any of them end.
  await Promise.all(responses.map((response) => response.body?.cancel()))
  const statuses = responses.map(({ status }) => status)
  return {
    admitted: statuses.filter((status) => status === 200).length,
    refused: statuses.filter((status) => status === 429).length,
  }
}
const persons = (count: number) => Promise.all(Array.from({ length: count }, () => makePerson(workspace, 'builder')))
const quiet = (as: Person) =>
  until(
    () => api.call('GET', '/api/queries?limit=50', { as }),
    ({ body }) => body.data.every(({ status }: { status: string }) => status !== 'running'),
  )

test('of statements that one person starts at the same moment no more run than allowed', async () => {
  const [as] = await persons(1)
  if (!as) throw new Error('nobody')
  const calls = Array.from({ length: 10 }, (_, at) => ({ as, ref: at % 2 === 0 ? 'one' : 'two' }))
  expect(await atOnce(calls)).toEqual({ admitted: budget.mine, refused: 10 - budget.mine })
  await quiet(as)
})

test('nor of those that many persons start on one connection, and others go on', async () => {
  const many = await persons(6)
  const calls = many.flatMap((as) => [1, 2].map(() => ({ as, ref: 'one' })))
  const [other] = await persons(1)
  if (!other) throw new Error('nobody')
  const [found, elsewhere] = await Promise.all([atOnce(calls), atOnce([{ as: other, ref: 'two' }])])
  expect(found).toEqual({ admitted: budget.here, refused: calls.length - budget.here })
  expect(elsewhere).toEqual({ admitted: 1, refused: 0 })
})
