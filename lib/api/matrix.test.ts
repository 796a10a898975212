import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type Role, roles } from '#lib/auth/permissions'
import { makeWorkspace, type TestWorkspace, useApi } from './testing/install.ts'

const api = useApi()
let workspace: TestWorkspace

beforeAll(async () => {
  workspace = await makeWorkspace()
})

const everyone = roles
const people: readonly Role[] = ['owner', 'admin', 'integrator', 'builder', 'viewer']
const makers: readonly Role[] = ['owner', 'admin', 'integrator', 'builder']
const testers: readonly Role[] = [...makers, 'runner']
/** Keys only; a person's session has the permission and is still refused (lib/connections/resolve.test.ts). */
const resolvers: readonly Role[] = ['owner', 'admin', 'runner']
const keepers: readonly Role[] = ['owner', 'admin', 'integrator']
const admins: readonly Role[] = ['owner', 'admin']

/** Who may call what, written down by hand and apart from the permission table, so that a slip there is seen here. */
const matrix: Record<string, readonly Role[]> = {
  'GET /api/api-keys': admins,
  'POST /api/api-keys': admins,
  'DELETE /api/api-keys/{id}': admins,
  'GET /api/alerts': admins,
  'POST /api/alerts/{id}/acknowledge': admins,
  'GET /api/alerts/rules': admins,
  'PATCH /api/alerts/rules': admins,
  'POST /api/alerts/rules/test': admins,
  'GET /api/audit': admins,
  'GET /api/audit/verify': admins,
  'GET /api/audit/export': admins,
  'GET /api/audit/sinks': admins,
  'POST /api/audit/sinks': admins,
  'PATCH /api/audit/sinks/{id}': admins,
  'DELETE /api/audit/sinks/{id}': admins,
  'POST /api/audit/sinks/{id}/test': admins,
  'GET /api/connection-views': everyone,
  'POST /api/connection-views': people,
  'PATCH /api/connection-views/{id}': people,
  'DELETE /api/connection-views/{id}': people,
  'GET /api/connections': everyone,
  'POST /api/connections': makers,
  'POST /api/connections/pages': testers,
  'POST /api/connections/test': testers,
  'GET /api/connections/facets': everyone,
  'POST /api/connections/bulk/tags': makers,
  'POST /api/connections/bulk/environment': makers,
  'POST /api/connections/bulk/delete': keepers,
  'POST /api/connections/bulk/restore': keepers,
  'GET /api/connections/export': everyone,
  'POST /api/connections/import': makers,
  'POST /api/connections/import/plan': makers,
  'GET /api/connections/{ref}/grants': admins,
  'PUT /api/connections/{ref}/grants': admins,
  'DELETE /api/connections/{ref}/grants': admins,
  'GET /api/connections/{ref}': everyone,
  'PUT /api/connections/{ref}': makers,
  'PATCH /api/connections/{ref}': makers,
  'DELETE /api/connections/{ref}': keepers,
  'POST /api/connections/{ref}/duplicate': makers,
  'DELETE /api/connections/{ref}/permanent': admins,
  'POST /api/connections/{ref}/pages': testers,
  'POST /api/connections/{ref}/resolve': resolvers,
  'POST /api/connections/{ref}/restore': keepers,
  'POST /api/connections/{ref}/test': testers,
  'GET /api/connections/{ref}/tests': everyone,
  'GET /api/connections/{ref}/used-by': everyone,
  'GET /api/connections/{ref}/versions': everyone,
  'POST /api/connections/{ref}/versions/{version}/restore': makers,
  'GET /api/connectors': everyone,
  'GET /api/connectors/{type}': everyone,
  'GET /api/credentials': makers,
  'POST /api/credentials': keepers,
  'GET /api/credentials/{id}/grants': admins,
  'PUT /api/credentials/{id}/grants': admins,
  'DELETE /api/credentials/{id}/grants': admins,
  'GET /api/credentials/{id}': makers,
  'PUT /api/credentials/{id}': keepers,
  'DELETE /api/credentials/{id}': keepers,
  'POST /api/credentials/{id}/restore': keepers,
  'DELETE /api/credentials/{id}/permanent': admins,
  'GET /api/credentials/{id}/used-by': makers,
  'GET /api/credentials/{id}/versions': makers,
  'GET /api/credentials/review': makers,
  'GET /api/credentials/review.csv': makers,
  'POST /api/credentials/{id}/rotate': keepers,
  'GET /api/credentials/{id}/rotations': makers,
  'GET /api/credentials/{id}/rotations/{rotation_id}': makers,
  'POST /api/credentials/{id}/rotations/{rotation_id}/cancel': keepers,
  'POST /api/credentials/{id}/rotations/{rotation_id}/finish': keepers,
  'POST /api/credentials/{id}/rotations/{rotation_id}/promote': keepers,
  'POST /api/credentials/{id}/rotations/{rotation_id}/retry': keepers,
  'POST /api/credentials/{id}/rotations/{rotation_id}/roll-back': keepers,
  'GET /api/data-sources/{ref}/changes': people,
  'GET /api/data-sources/{ref}/comparison': people,
  'GET /api/data-sources/{ref}/configuration': people,
  'PUT /api/data-sources/{ref}/configuration': keepers,
  'GET /api/data-sources/{ref}/webhook': keepers,
  'PUT /api/data-sources/{ref}/webhook': keepers,
  'DELETE /api/data-sources/{ref}/webhook': keepers,
  'POST /api/data-sources/{ref}/webhook/test': keepers,
  'GET /api/data-sources/{ref}/tabs': makers,
  'PUT /api/data-sources/{ref}/tabs': makers,
  'GET /api/saved-queries': makers,
  'POST /api/saved-queries': makers,
  'GET /api/saved-queries/{id}': makers,
  'PATCH /api/saved-queries/{id}': makers,
  'DELETE /api/saved-queries/{id}': makers,
  'POST /api/saved-queries/{id}/restore': makers,
  'GET /api/data-sources/{ref}/cdc': people,
  'DELETE /api/data-sources/{ref}/cdc/{id}': keepers,
  'GET /api/data-sources/{ref}/cdc/{id}/lag': people,
  'POST /api/data-sources/{ref}/cdc/check': keepers,
  'POST /api/data-sources/{ref}/cdc/preview': keepers,
  'POST /api/data-sources/{ref}/cdc/steps': keepers,
  'POST /api/data-sources/{ref}/cdc/steps/undo': keepers,
  'GET /api/data-sources/{ref}/discovery': people,
  'GET /api/data-sources/{ref}/files': people,
  'GET /api/data-sources/{ref}/files/preview': people,
  'POST /api/data-sources/{ref}/queries': makers,
  'POST /api/data-sources/{ref}/exports': makers,
  'POST /api/data-sources/{ref}/refresh': people,
  'GET /api/data-sources/{ref}/objects': people,
  'GET /api/data-sources/{ref}/objects/{type}/{object}': people,
  'GET /api/data-sources/{ref}/refreshes': people,
  'DELETE /api/data-sources/{ref}/refreshes/{id}': people,
  'GET /api/data-sources/{ref}/refreshes/{id}': people,
  'GET /api/data-sources/{ref}/schemas': people,
  'GET /api/data-sources/{ref}/search': people,
  'GET /api/data-sources/{ref}/tables': people,
  'GET /api/data-sources/{ref}/tables/{table}': people,
  'GET /api/invitations': people,
  'POST /api/invitations': admins,
  'DELETE /api/invitations/{id}': admins,
  'GET /api/members': people,
  'PATCH /api/members/{id}': admins,
  'DELETE /api/members/{id}': admins,
  'GET /api/members/{id}/footprint': admins,
  'POST /api/members/{id}/disable': admins,
  'POST /api/members/{id}/enable': admins,
  'GET /api/keys': admins,
  'POST /api/keys': ['owner'],
  'GET /api/keys/doctor': admins,
  'POST /api/keys/rewrap': ['owner'],
  'POST /api/keys/{id}/promote': ['owner'],
  'POST /api/keys/{id}/retire': ['owner'],
  'GET /api/identities': everyone,
  'DELETE /api/identities/{id}': everyone,
  'DELETE /api/session': everyone,
  'GET /api/pipelines': everyone,
  'GET /api/pipelines/{key}': everyone,
  'PUT /api/pipelines/{key}': testers,
  'PATCH /api/pipelines/{key}': testers,
  'DELETE /api/pipelines/{key}': testers,
  'GET /api/queries': makers,
  'GET /api/queries/{id}': makers,
  'DELETE /api/queries/{id}': makers,
  'GET /api/queries/{id}/download': makers,
  'GET /api/session': everyone,
  'POST /api/session/confirm': everyone,
  'POST /api/session/password': everyone,
  'GET /api/sessions': everyone,
  'DELETE /api/sessions': everyone,
  'DELETE /api/sessions/{id}': everyone,
  'GET /api/workspace': everyone,
  'PATCH /api/workspace': admins,
  'PATCH /api/organization': admins,
}

/** Calls that need no sign-in; each one is a decision. */
const open = [
  'POST /api/setup',
  // For people who have no account yet; both need the token of the link.
  'POST /api/invitations/accept',
  'POST /api/invitations/look',
  'GET /api/openapi.json',
  // next-auth's own door: sign-in, sign-out and their CSRF token.
  'GET /api/auth/{nextauth}',
  'POST /api/auth/{nextauth}',
  'GET /api/health',
  'GET /api/ready',
  // Guarded by a token of its own.
  'GET /api/metrics',
]

const app = path.join(import.meta.dirname, '../../app/api')

const routesOfFiles = (): string[] =>
  readdirSync(app, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .flatMap((file) => {
      const url = `/api/${path.dirname(file)}`.replace(/\[(?:\.\.\.)?(\w+)\]/g, '{$1}')
      const source = readFileSync(path.join(app, file), 'utf8')
      const methods = [...source.matchAll(/\b(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)\b(?=[ ,}:=(])/g)]
      return [...new Set(methods.map(([method]) => `${method} ${url}`))]
    })

test('every route of every file has its row', () => {
  const routes = routesOfFiles()
  expect(routes.length).toBeGreaterThan(25)
  expect(routes.filter((route) => !(route in matrix) && !open.includes(route))).toEqual([])
  expect(Object.keys(matrix).filter((route) => !routes.includes(route))).toEqual([])
})

const fill = (route: string) => {
  const [method = '', pattern = ''] = route.split(' ')
  const url = pattern.replace('{table}', 'a.b').replaceAll(/\{\w+\}/g, 'nothing')
  return { method, url, ...(method !== 'GET' && method !== 'DELETE' && { body: {} }) }
}

test('every route answers 401 to nobody, 403 to those who may not, and neither to those who may', async () => {
  for (const [route, allowed] of Object.entries(matrix)) {
    const { method, url, body } = fill(route)
    const options = body && { body }
    expect([route, (await api.call(method, url, { ...options })).status]).toEqual([route, 401])
    for (const role of roles) {
      const { status } = await api.call(method, url, { ...options, as: workspace.people[role] })
      expect([route, role, status === 403 ? 'refused' : 'heard']).toEqual([
        route,
        role,
        allowed.includes(role) ? 'heard' : 'refused',
      ])
      expect(status).not.toBe(401)
      expect(status).not.toBe(500)
    }
  }
})

test('headers and paths that tricked other frameworks open no route', async () => {
  const tricks: Record<string, string>[] = [
    { 'x-middleware-subrequest': 'middleware:middleware:middleware:middleware:middleware' },
    { 'x-http-method-override': 'GET' },
    { rsc: '1', 'next-router-prefetch': '1' },
    { 'next-action': 'a'.repeat(40) },
    { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' },
    { 'x-jackfield-client-ip': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1;host=localhost' },
  ]
  for (const headers of tricks) {
    expect((await api.call('GET', '/api/connections', { headers })).status).toBe(401)
    const viewer = await api.call('DELETE', '/api/connections/x', { as: workspace.people.viewer, headers })
    expect(viewer.status).toBe(403)
  }
  expect((await api.call('GET', '/api/connections?_rsc=1', {})).status).toBe(401)
})

test('what a refused person tried is in the trail', async () => {
  const { db } = await import('#lib/db/client')
  const { userId } = workspace.people.viewer
  await api.call('DELETE', '/api/connections/x', { as: workspace.people.viewer, by: 'cookie' })
  const denied = await db().auditEvent.findFirst({ where: { actorId: userId, outcome: 'denied' } })
  expect(denied).toMatchObject({ event: 'connection.deleted', workspaceId: workspace.id })
})
