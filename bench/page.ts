import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Browser, chromium } from '@playwright/test'
import { chromiumOptions } from '../e2e/fixtures/chromium.ts'
import { type Product, startProduct } from '../e2e/fixtures/product.ts'
import { type Figure, timed } from './harness.ts'

const rounds = 5
const owner = { email: 'bench@example.com', password: 'seven quiet otters sing' }

/** What the list page costs a browser that has never seen it, and how soon a second start shows a page. */
export const run = async (): Promise<Figure[]> => {
  const home = path.join(mkdtempSync(path.join(tmpdir(), 'jackfield-bench-')), 'home')
  const env = { JACKFIELD_HOME: home }
  const browser = await chromium.launch(chromiumOptions)
  let product: Product | undefined
  try {
    product = await startProduct(env)
    createOwner(env)
    const visits: Visit[] = []
    for (let round = 0; round <= rounds; round++) visits.push(await visitList(browser, product.url))
    const starts: number[] = []
    for (let round = 0; round < 3; round++) {
      await product.stop()
      starts.push(
        await timed(async () => {
          product = await startAndShow(env)
        }),
      )
    }
    // The first visit of a fresh process pays for what the server loads lazily.
    const warm = visits.slice(1)
    return [
      {
        name: 'JavaScript of the list page, as transferred',
        unit: 'KB',
        ours: warm.map(({ scriptBytes }) => scriptBytes / 1000),
        limit: { kind: 'value', max: 260 },
      },
      { name: 'Largest contentful paint of the list page', unit: 'ms', ours: warm.map(({ paint_ms }) => paint_ms) },
      {
        name: 'Second start to the first page',
        unit: 's',
        ours: starts.map((ms) => ms / 1000),
        limit: { kind: 'value', max: 5 },
      },
    ]
  } finally {
    await browser.close()
    await product?.stop()
    rmSync(path.dirname(home), { recursive: true, force: true })
  }
}

interface Visit {
  scriptBytes: number
  paint_ms: number
}

/** Signs in, then opens the list with an empty cache and counts what the network carried, prefetches included. */
const visitList = async (browser: Browser, url: string): Promise<Visit> => {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(/^Password( \*)?$/).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/workspace/connections')
  const network = await context.newCDPSession(page)
  await network.send('Network.enable')
  await network.send('Network.clearBrowserCache')
  const scripts = new Map<string, number>()
  network.on('Network.responseReceived', ({ requestId, response }) => {
    if (/javascript/.test(response.mimeType)) scripts.set(requestId, 0)
  })
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) scripts.set(requestId, encodedDataLength)
  })
  await page.goto('/workspace/connections', { waitUntil: 'networkidle' })
  const paint_ms = await page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        new PerformanceObserver((list) => resolve(list.getEntries().at(-1)?.startTime ?? Number.NaN)).observe({
          type: 'largest-contentful-paint',
          buffered: true,
        }),
      ),
  )
  await context.close()
  return { scriptBytes: [...scripts.values()].reduce((sum, bytes) => sum + bytes, 0), paint_ms }
}

const startAndShow = async (env: Record<string, string>): Promise<Product> => {
  const product = await startProduct(env)
  const page = await fetch(`${product.url}/login`)
  if (!page.ok || !(await page.text()).includes('Sign in')) throw new Error(`/login answered ${page.status}`)
  return product
}

const createOwner = (env: Record<string, string>): void => {
  const args = ['owner', 'create', '--email', owner.email, '--name', 'Bench', '--password-stdin']
  execFileSync(process.execPath, ['scripts/admin.ts', ...args], {
    env: { ...process.env, ...env },
    input: `${owner.password}\n`,
  })
}
