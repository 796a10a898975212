import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'

const api = useApi()
useEngine()
let people: TestWorkspace['people']

beforeAll(async () => {
  people = (await makeWorkspace()).people
  const config = { host: 'db.example.com', database: 'app' }
  const body = { conn_id: 'sales', name: 'Sales', type: 'postgres', config }
  expect((await api.call('POST', '/api/connections', { as: people.owner, body })).status).toBe(201)
})

const url = '/api/data-sources/sales/configuration'
const put = (body: object, as = people.owner) => api.call('PUT', url, { as, body })

test('a data source has defaults until somebody changes them, and the change is in the trail', async () => {
  const before = await api.call('GET', url, { as: people.viewer })
  expect(before.body.data).toMatchObject({
    schedule: { kind: 'off' },
    writes: false,
    limits: { rows: 10_000 },
    revision: 0,
  })
  const answer = await put({
    schedule: { kind: 'cron', expression: '0 6 * * 1-5' },
    exclude: ['tmp_*'],
    limits: { rows: 500 },
  })
  expect(answer.body.data).toMatchObject({
    schedule: { kind: 'cron', timezone: 'UTC' },
    exclude: ['tmp_*'],
    limits: { rows: 500, timeout_seconds: 60 },
    revision: 1,
  })
  expect(answer.body.meta.changed.sort()).toEqual(['exclude', 'limits', 'schedule'])
  const event = await db().auditEvent.findFirst({ where: { requestId: answer.headers.get('x-request-id') } })
  expect(event).toMatchObject({ event: 'data_source.configured', details: { writes: false } })
})

test('what cannot be is named with its field, and nothing changes', async () => {
  const revision = (await api.call('GET', url, { as: people.viewer })).body.data.revision
  const wrong: [object, string][] = [
    [{ schedule: { kind: 'cron', expression: 'every day' } }, '/schedule/expression'],
    [{ schedule: { kind: 'cron', expression: '0 6 * * *', timezone: 'Mars/Base' } }, '/schedule/timezone'],
    [{ schedule: { kind: 'interval', minutes: 1 } }, '/schedule/minutes'],
    [{ limits: { rows: 0 } }, '/limits/rows'],
    [{ include: [''] }, '/include/0'],
  ]
  for (const [body, pointer] of wrong) {
    const answer = await put(body)
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer])
  }
  expect((await api.call('GET', url, { as: people.viewer })).body.data.revision).toBe(revision)
})

test('two who change it at once do not overwrite each other', async () => {
  const { revision } = (await put({ retention_days: 30 })).body.data
  const late = await api.call('PUT', url, {
    as: people.owner,
    body: { retention_days: 60 },
    headers: { 'if-match': `"${revision - 1}"` },
  })
  expect(late.status).toBe(412)
})

test('statements that write are allowed only by somebody who signed in a moment ago', async () => {
  await put({})
  const since = (minutes: number) =>
    db().session.updateMany({
      where: { userId: people.owner.userId },
      data: { authenticatedAt: new Date(Date.now() - minutes * 60_000) },
    })
  const allow = () => api.call('PUT', url, { as: people.owner, by: 'cookie', body: { writes: true } })
  await since(11)
  expect((await allow()).body.code).toBe('reauth_required')
  await since(1)
  expect((await allow()).body.data.writes).toBe(true)
})
