import path from 'node:path'
import { encode } from 'next-auth/jwt'
import { beforeAll } from 'vitest'
import { mintApiKey } from '#lib/auth/api-keys'
import { cookieName } from '#lib/auth/cookie'
import { type Permission, permissionNames, type Role, roles } from '#lib/auth/permissions'
import { startSession } from '#lib/auth/sessions'
import { resetEnv } from '#lib/config/env'
import { newId } from '#lib/core/id'
import { db } from '#lib/db/client'
import { useTestDatabase } from '#lib/db/testing'
import { loadRoutes, type Routes } from '#lib/web/routes'

/** Somebody who can call the API in a test, by key or by cookie. */
export interface Person {
  userId: string
  workspaceId: string
  organizationId: string
  role: Role
  /** `Authorization` of an API key with this person's role. */
  key: string
  /** `Cookie` of a session of this person. */
  cookie: string
}

export interface TestWorkspace {
  id: string
  organizationId: string
  tag: string
  people: Record<Role, Person>
}

export interface CallOptions {
  /** By key, unless `cookie` is asked for. */
  as?: Person | Pick<Person, 'key'> | undefined
  by?: 'key' | 'cookie'
  body?: unknown
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  body: any
  text: string
  headers: Headers
}

export const testSecret = 'a session secret that only tests have'

/** A database and every route of the product, called as the web server calls them, without a socket between. */
export const useApi = () => {
  const database = useTestDatabase()
  let routes: Routes | undefined
  beforeAll(async () => {
    process.env.JACKFIELD_SESSION_SECRET = testSecret
    resetEnv()
    routes = await loadRoutes(path.join(import.meta.dirname, '../../../app'), ['/api/auth/'])
  })
  return {
    database,
    call: (method: string, url: string, options: CallOptions = {}) => callRoute(routes, method, url, options),
    send: (method: string, url: string, options: CallOptions = {}) => sendTo(routes, method, url, options),
  }
}

const callRoute = async (
  routes: Routes | undefined,
  method: string,
  url: string,
  options: CallOptions,
): Promise<Answer> => {
  const response = await sendTo(routes, method, url, options)
  const text = await response.text()
  return { status: response.status, body: parse(text), text, headers: response.headers }
}

const sendTo = (routes: Routes | undefined, method: string, url: string, options: CallOptions): Promise<Response> => {
  const { as, by = 'key', body, headers } = options
  const full = new URL(url, 'http://localhost:3000')
  const match = routes?.match(full.pathname)
  const handler = match?.route.handlers[method]
  if (!match || !handler) throw new Error(`there is no ${method} ${url}`)
  const isText = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream
  const request = new Request(full, {
    method,
    headers: {
      host: 'localhost:3000',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(as && by === 'key' && { authorization: `Bearer ${as.key}` }),
      ...(as && by === 'cookie' && 'cookie' in as && { cookie: as.cookie, 'sec-fetch-site': 'same-origin' }),
      ...headers,
    },
    ...(body !== undefined && { body: isText ? (body as BodyInit) : JSON.stringify(body), duplex: 'half' }),
  } as RequestInit)
  return Promise.resolve(handler(request, { params: Promise.resolve(match.params) }))
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

let workspaces = 0

/** A workspace of its own organization with one person of every role. */
export const makeWorkspace = async (): Promise<TestWorkspace> => {
  const n = ++workspaces
  const [id, organizationId, tag] = [newId('workspace'), newId('organization'), `test${n}`]
  await db().organization.create({ data: { id: organizationId, name: `Organization ${n}` } })
  await db().workspace.create({ data: { id, organizationId, name: `Workspace ${n}`, tag } })
  const people: Partial<Record<Role, Person>> = {}
  for (const role of roles) people[role] = await makePerson({ id, organizationId, tag }, role)
  return { id, organizationId, tag, people: people as Record<Role, Person> }
}

type Place = Pick<TestWorkspace, 'id' | 'organizationId' | 'tag'>

export const makePerson = async (place: Place, role: Role): Promise<Person> => {
  const userId = newId('user')
  const email = `${userId}@example.com`
  await db().user.create({ data: { id: userId, email, emailKey: email, name: role } })
  await db().membership.create({ data: { userId, workspaceId: place.id, role } })
  const { reference } = await startSession({ id: userId, workspaceId: place.id }, {})
  const { key } = await makeKey(place, { role })
  const { id: workspaceId, organizationId } = place
  return { userId, workspaceId, organizationId, role, key, cookie: await cookieFor(reference) }
}

interface KeyOptions {
  role: Role
  scopes?: readonly Permission[]
  expiresAt?: Date | null
  revokedAt?: Date
  ipAllowlist?: string[]
  connections?: string[]
  environments?: string[]
}

export const makeKey = async (place: Place, { role, scopes = permissionNames, ...rest }: KeyOptions) => {
  const { key, hash, hint } = mintApiKey(place.tag)
  const data = { name: role, hash, hint, role, scopes: [...scopes], createdBy: 'test', ...rest }
  const { id } = await db().apiKey.create({ data: { id: newId('apiKey'), workspaceId: place.id, ...data } })
  return { id, key }
}

/** The cookie that carries a session reference. */
export const cookieFor = async (reference: string): Promise<string> =>
  `${cookieName('session')}=${await encode({ token: { sid: reference }, secret: testSecret })}`
