import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'

type Env = Record<string, string>

export const owner = { email: 'bench@example.com', password: randomBytes(12).toString('hex') } as const

/** Makes the owner of a product that has none. */
export const createOwner = (env: Env): void =>
  void admin(env, ['owner', 'create', '--email', owner.email, '--name', 'Bench', '--password-stdin'])

/** Signs the owner in, in a browser. */
export const signIn = async (page: Page): Promise<void> => {
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(/^Password( \*)?$/).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL('**/workspace/connections')
}

/** A key of the owner with these scopes, between commas. */
export const createKey = (env: Env, scopes: string): string =>
  admin(env, ['api-key', 'create', '--name', 'bench', '--scopes', scopes]).trim().split('\n').at(-1) ?? ''

const admin = (env: Env, args: string[]): string =>
  execFileSync(process.execPath, ['scripts/admin.ts', ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    input: `${owner.password}\n`,
  })

export type Call = (method: string, path: string, body?: object) => Promise<Response>

/** Calls the API with a key, and throws where that is refused. */
export const callWith =
  (url: string, key: string): Call =>
  async (method, path, body) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }

/** A source that leads to this database; answers its name. */
export const createSource = async (call: Call, target: URL, conn_id = 'bench'): Promise<string> => {
  const { hostname: host, port, username, password } = target
  await call('POST', '/api/connections', {
    conn_id,
    name: conn_id,
    type: 'postgres',
    role: 'source',
    config: { host, port: Number(port), database: target.pathname.slice(1), schema: 'public', ssl_mode: 'disable' },
    credential: {
      kind: 'database.password',
      config: { username: decodeURIComponent(username), password: decodeURIComponent(password) },
    },
  })
  return conn_id
}
