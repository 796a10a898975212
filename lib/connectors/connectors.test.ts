import { beforeAll, expect, test } from 'vitest'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { connectorIds } from './catalog.ts'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const read = (url: string) => api.call('GET', `/api/connectors${url}`, { as: workspace.people.viewer })

test('the catalog lists every connector and is searched by its other words', async () => {
  expect((await read('')).body.data.map(({ id }: { id: string }) => id)).toEqual(connectorIds)
  expect((await read('?q=PG')).body.data).toMatchObject([{ id: 'postgres' }])
  expect((await read('?q=nothing-like-this')).body.data).toEqual([])
  expect((await read('?role=sideways')).status).toBe(400)
})

test('every connector describes its settings, its form and its credentials, and tells secret fields apart', async () => {
  for (const id of connectorIds) {
    const { data } = (await read(`/${id}`)).body
    expect(data.config_schema).toMatchObject({ type: 'object', additionalProperties: false })
    const names = Object.keys(data.config_schema.properties)
    const inForm: string[] = data.fields.map((field: { name: string }) => field.name.split('/')[0])
    expect([...new Set(inForm)]).toEqual(names)
    for (const kind of data.credential_kinds) {
      for (const field of kind.secret_fields) {
        expect(Object.keys(kind.config_schema.properties)).toContain(field)
        expect(names).not.toContain(field)
      }
    }
  }
})

test('a connector that is not there is a 404, whatever its name', async () => {
  for (const id of ['nothing', '__proto__', 'constructor', 'toString', '%2e%2e%2f'])
    expect((await read(`/${id}`)).status).toBe(404)
})
