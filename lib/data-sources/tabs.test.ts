import { beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import type { Role } from '#lib/auth/permissions'

const api = useApi()
useEngine()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
  const config = { host: 'db.example.com', database: 'app' }
  const body = { conn_id: 'sales', name: 'Sales', type: 'postgres', config }
  expect((await api.call('POST', '/api/connections', { as: workspace.people.owner, body })).status).toBe(201)
})

const call = (role: Role, method: string, body?: object, headers?: Record<string, string>) =>
  api.call(method, '/api/data-sources/sales/tabs', {
    as: workspace.people[role],
    by: 'cookie',
    ...(body && { body }),
    ...(headers && { headers }),
  })

const tab = (id: string, sql: string) => ({ id, name: `Query ${id}`, sql })

test('tabs are kept for each person, and another browser finds them', async () => {
  expect((await call('builder', 'GET')).body.data).toEqual({ tabs: [], active: '', revision: 0 })
  const tabs = [tab('a', 'select 1'), { ...tab('b', ''), parameters: { id: '7', note: null } }]
  expect((await call('builder', 'PUT', { tabs, active: 'b' })).body.data).toEqual({ revision: 1 })
  const kept = (await call('builder', 'GET')).body.data
  expect(kept).toMatchObject({ tabs: [{ id: 'a', saved_query: null }, tabs[1]], active: 'b', revision: 1 })
  expect((await call('owner', 'GET')).body.data.tabs).toEqual([])
  expect((await call('viewer', 'GET')).status).toBe(403)
})

test('of two browsers the one that did not see the other’s change is told instead of overwriting it', async () => {
  const put = (sql: string, revision: number) =>
    call('integrator', 'PUT', { tabs: [tab('a', sql)], active: 'a' }, { 'if-match': `"${revision}"` })
  const both = await Promise.all([put('select 1', 0), put('select 2', 0)])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
  expect((await put('select 3', 1)).body.data.revision).toBe(2)
  expect((await call('integrator', 'GET')).body.data.tabs[0].sql).toBe('select 3')
})

test('tabs that are too many, too large or twice the same are refused', async () => {
  const wrong = [
    Array.from({ length: 51 }, (_, i) => tab(`t${i}`, '')),
    [tab('a', 'x'.repeat(500_000)), tab('b', 'x'.repeat(500_000))],
    [tab('a', ''), tab('a', '')],
    [tab('../a', '')],
  ]
  for (const tabs of wrong) expect((await call('owner', 'PUT', { tabs, active: 'a' })).status).toBe(400)
  const whole = [tab('a', 'x'.repeat(1_100_000))]
  expect((await call('owner', 'PUT', { tabs: whole, active: 'a' })).status).toBe(413)
})
