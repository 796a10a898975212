import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { loadRoutes, type Routes } from './routes.ts'

const files = [
  'api/connections',
  'api/connections/test',
  'api/connections/[ref]',
  'api/connections/[ref]/test',
  'api/data-sources/[ref]/tables/[table]',
  'api/auth/[...nextauth]',
  'api/files/[...path]',
]
let routes: Routes

beforeAll(async () => {
  const app = mkdtempSync(path.join(tmpdir(), 'jackfield-app-'))
  for (const file of files) {
    mkdirSync(path.join(app, file), { recursive: true })
    writeFileSync(
      path.join(app, file, 'route.ts'),
      'export const GET = () => Response.json({})\nexport const POST = GET\n',
    )
  }
  routes = await loadRoutes(app, ['/api/auth/'])
})

test.each([
  ['/api/connections', '/api/connections', {}],
  ['/api/connections/test', '/api/connections/test', {}],
  ['/api/connections/prod-postgres', '/api/connections/{ref}', { ref: 'prod-postgres' }],
  ['/api/connections/test/test', '/api/connections/{ref}/test', { ref: 'test' }],
  ['/api/data-sources/a/tables/s%2Fx.t%20y', '/api/data-sources/{ref}/tables/{table}', { ref: 'a', table: 's/x.t y' }],
  ['/api/files/a/b', '/api/files/{path}', { path: ['a', 'b'] }],
])('%s is answered by %s', (pathname, pattern, params) => {
  const match = routes.match(pathname)
  expect(match?.route.pattern).toBe(pattern)
  expect(match?.params).toEqual(params)
  expect(match?.route.methods).toEqual(['GET', 'POST', 'HEAD', 'OPTIONS'])
})

test.each([
  '/api',
  '/api/',
  '/api/connections/',
  '/api//connections',
  '/api/auth/session',
  '/api/connections/%E0%A4',
  '/api/x',
])('%s is answered by nothing', (pathname) => {
  expect(routes.match(pathname)).toBeUndefined()
})
