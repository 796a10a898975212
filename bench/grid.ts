import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type Page } from '@playwright/test'
import { chromiumOptions } from '../e2e/fixtures/chromium.ts'
import { startProduct } from '../e2e/fixtures/product.ts'
import { startEmbedded } from '../lib/db/embedded.ts'
import { fillEvents } from './events.ts'
import { type Figure, quantile } from './harness.ts'
import { callWith, createKey, createOwner, createSource, signIn } from './workspace.ts'

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000)
const columns = { integer: 'user_id', decimal: 'amount', moment: 'at', 'text of 32 characters': 'token', word: 'kind' }

/** A million rows of ten columns in Chromium: how smoothly they scroll, and how long the page waits for an order or a filter. */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const target = await startEmbedded({ home: folder, name: 'target', port: 0, durable: false })
  const env = { JACKFIELD_HOME: path.join(folder, 'home'), NODE_ENV: 'production' }
  await fillEvents(new URL(target.adminUrl()), rows)
  const product = await startProduct(env)
  const browser = await chromium.launch(chromiumOptions)
  try {
    createOwner(env)
    const scopes =
      'connections:read,connections:write,credentials:write,data-sources:read,data-sources:configure,data-sources:query'
    const call = callWith(product.url, createKey(env, scopes))
    const source = await createSource(call, new URL(target.adminUrl()))
    const limits = { rows: 1_000_000, bytes: 1024 ** 3, timeout_seconds: 600 }
    await call('PUT', `/api/data-sources/${source}/configuration`, { limits })
    const page = await browser.newPage({ baseURL: product.url, viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(300_000)
    await signIn(page)
    const loaded = await load(page, source)
    return [loaded, ...(await scrolled(page)), ...(await sortedAll(page)), ...(await filtered(page))]
  } finally {
    await browser.close()
    await product.stop()
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const grid = (page: Page) => page.getByRole('grid', { name: 'Rows of the result' })
const head = (page: Page, name: string) => grid(page).getByRole('columnheader', { name: new RegExp(`^${name} `) })
const busy = (page: Page) => page.getByText('Looking through the rows…')

const load = async (page: Page, source: string): Promise<Figure> => {
  await page.goto(`/workspace/data-sources/${source}/sql`)
  await page.getByRole('textbox', { name: 'SQL' }).click()
  await page.keyboard.insertText('select * from public.events')
  const began = performance.now()
  await page.keyboard.press('ControlOrMeta+Enter')
  const words = page.getByRole('region', { name: 'Result' }).getByRole('status').last()
  await words.getByText(`${rows.toLocaleString('en')} rows`).waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).waitFor()
  return {
    name: `${rows} rows × 10 columns loaded into the page`,
    unit: 's',
    ours: [(performance.now() - began) / 1000],
  }
}

/** Notes the time between frames until it is stopped. */
const startFrames = (page: Page) =>
  page.evaluate(() => {
    const frames: number[] = []
    Object.assign(window, { benchFrames: frames, benchStopped: false })
    let last = performance.now()
    const next = (now: number) => {
      frames.push(now - last)
      last = now
      if (!Object(window).benchStopped) requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
const stopFrames = (page: Page): Promise<number[]> =>
  page.evaluate(() => {
    Object.assign(window, { benchStopped: true })
    return Object(window).benchFrames.slice(1)
  })

const scrolled = async (page: Page): Promise<Figure[]> => {
  await grid(page).hover()
  await page.mouse.wheel(0, 1_000)
  await startFrames(page)
  for (let turn = 0; turn < 150; turn++) await page.mouse.wheel(0, turn % 30 === 29 ? 200_000 : 600)
  const frames = await stopFrames(page)
  return [
    { name: 'frames while it scrolls, median', unit: 'ms', ours: frames },
    { name: 'the slowest twentieth of them begins at', unit: 'ms', ours: [quantile(frames, 0.95)] },
    { name: 'the slowest', unit: 'ms', ours: [Math.max(...frames)] },
  ]
}

interface Waited {
  ms: number
  longest: number
}

/** From the press of a key to the new order, and the longest that the page stood still meanwhile. */
const waited = async (page: Page, act: () => Promise<void>, isDone: () => Promise<void>): Promise<Waited> => {
  await startFrames(page)
  const began = performance.now()
  await act()
  await isDone()
  await busy(page).waitFor({ state: 'hidden' })
  const ms = performance.now() - began
  return { ms, longest: Math.max(...(await stopFrames(page))) }
}

const figuresOf = (what: string, { ms, longest }: Waited): Figure[] => [
  { name: what, unit: 's', ours: [ms / 1000], limit: { kind: 'value', max: 5 } },
  { name: 'the page stood still at most', unit: 'ms', ours: [longest], limit: { kind: 'value', max: 100 } },
]

const sortedAll = async (page: Page): Promise<Figure[]> => {
  const figures: Figure[] = []
  for (const [kind, name] of Object.entries(columns)) {
    const isSorted = () => grid(page).locator('[aria-sort=ascending]').filter({ hasText: name }).waitFor()
    const one = await waited(page, () => head(page, name).click(), isSorted)
    figures.push(...figuresOf(`sorted by ${name}, ${kind}`, one))
  }
  return figures
}

const filtered = async (page: Page): Promise<Figure[]> => {
  await head(page, 'token').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Filter…' }).click()
  await page.getByLabel(/^Value to compare token/).fill('abc')
  const isShown = () => page.getByText(/rows shown/).waitFor()
  return figuresOf(
    'filtered by a part of a text, and sorted',
    await waited(page, () => page.keyboard.press('Enter'), isShown),
  )
}
