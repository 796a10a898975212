import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from '@playwright/test'
import { chromiumOptions } from '../e2e/fixtures/chromium.ts'
import { startProduct } from '../e2e/fixtures/product.ts'
import { startEmbedded } from '../lib/db/embedded.ts'
import { type Figure, quantile, timed } from './harness.ts'
import { alterSome, buildHuge, large, tables } from './huge-catalog.ts'
import { searchTerms } from './huge-terms.ts'
import { watchWeight, weigh } from './processes.ts'
import { type Call, callWith, createKey, createOwner, createSource, signIn } from './workspace.ts'

const rounds = 20

/** Reading what is known of 50,000 tables: the tree in Chromium, search, pages, completion and comparison, and what web weighs. */
export const run = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const settings = {
    ...{ shared_buffers: '512MB', max_locks_per_transaction: '20000', jit: 'off' },
    ...{ wal_level: 'minimal', max_wal_senders: '0', max_wal_size: '4GB' },
  }
  const target = await startEmbedded({ home: folder, name: 'target', port: 0, durable: false, settings })
  // A catalog that somebody made before is used again: `BENCH_HUGE_URL` is its address.
  const given = process.env.BENCH_HUGE_URL
  const catalog = given ? new URL(given) : await buildHuge(new URL(target.adminUrl()))
  const env = { JACKFIELD_HOME: path.join(folder, 'home'), NODE_ENV: 'production' }
  const product = await startProduct(env)
  const browser = await chromium.launch(chromiumOptions)
  try {
    createOwner(env)
    const call = callWith(
      product.url,
      createKey(env, 'connections:read,connections:write,credentials:write,data-sources:read'),
    )
    const first = await createSource(call, catalog)
    const refreshed = await refresh(call, first)
    const page = await browser.newPage({ baseURL: product.url, viewport: { width: 1440, height: 900 } })
    await signIn(page)
    // Pages and modules that the server loads at its first request are no matter of tables.
    await page.goto('/workspace/data-sources')
    const before = weigh(product.pid).web
    const figures = [
      { name: `${tables} tables × 20 columns read for the first time`, unit: 's', ours: [refreshed / 1000] },
      ...(await explored(page, await idOf(call, first))),
      ...(await edited(page, await idOf(call, first))),
      ...(await searched(call, first)),
      ...(await paged(call, first)),
      ...(await compared(call, page, first, catalog)),
    ]
    const after = weigh(product.pid).web
    // What waits to be collected goes on its own.
    await sleep(10_000)
    return [
      ...figures,
      { name: 'web grew by, at once', unit: 'MiB', ours: [after - before] },
      {
        ...{ name: 'web grew by, ten seconds later', unit: 'MiB', ours: [weigh(product.pid).web - before] },
        limit: { kind: 'value', max: 50 },
      },
      ...(await listedLive(call, first, product.pid)),
    ]
  } finally {
    await browser.close()
    await product.stop()
    await target.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const dataOf = async (answer: Response) => JSON.parse(await answer.text())
const idOf = async (call: Call, name: string): Promise<string> =>
  (await dataOf(await call('GET', `/api/connections/${name}`))).data.id

const refresh = async (call: Call, source: string): Promise<number> => {
  const { id } = (await dataOf(await call('POST', `/api/data-sources/${source}/refresh`, {}))).data
  for (;;) {
    const { data } = await dataOf(await call('GET', `/api/data-sources/${source}/refreshes/${id}`))
    if (data.ended_at && data.status !== 'done') throw new Error(JSON.stringify(data))
    if (data.ended_at) return Date.parse(data.ended_at) - Date.parse(data.started_at)
    await sleep(200)
  }
}

const spread = (name: string, values: readonly number[], max?: number): Figure[] => [
  {
    name: `${name}, median`,
    unit: 'ms',
    ours: [...values],
    ...(max !== undefined && { limit: { kind: 'value', max } }),
  },
  { name: `${name}, worst of ${values.length}`, unit: 'ms', ours: [Math.max(...values)] },
]

const times = (name: string, values: readonly number[], max?: number): Figure[] => [
  { name: `${name}, p50`, unit: 'ms', ours: [...values] },
  {
    name: `${name}, p99`,
    unit: 'ms',
    ours: [quantile(values, 0.99)],
    ...(max !== undefined && { limit: { kind: 'value', max } }),
  },
]

const tree = (page: Page) => page.getByRole('tree', { name: 'Schemas and tables' })

/** From the start of the navigation, or from a call of `benchStart`, to the frame in which rows of tables are seen. */
const watchRows = (page: Page) =>
  page.addInitScript(() => {
    const state = { start: 0, seen: 0 }
    Object.assign(window, {
      benchStart: () => Object.assign(state, { start: performance.now(), seen: 0 }),
      benchSeen: () => state.seen,
    })
    const look = () => {
      const rows = [...document.querySelectorAll('[role=treeitem][data-kind=relation]')]
      if (state.seen === 0 && rows.some((row) => row.getClientRects().length > 0)) {
        const started = state.start
        // The frame after this one shows them.
        requestAnimationFrame(() => (state.seen = performance.now() - started))
        state.seen = -1
      }
      requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })

const seen = async (page: Page): Promise<number> => {
  await page.waitForFunction(() => Object(window).benchSeen() > 0, undefined, { polling: 50 })
  return page.evaluate(() => Object(window).benchSeen())
}

const explored = async (page: Page, id: string): Promise<Figure[]> => {
  await watchRows(page)
  const opened: number[] = []
  const ended: number[] = []
  for (let round = 0; round <= rounds; round++) {
    await page.goto(`/workspace/data-sources/${id}`)
    opened.push(await seen(page))
  }
  const clicked: number[] = []
  for (let round = 0; round <= rounds; round++) {
    await page.goto(`/workspace/data-sources/${id}`)
    await seen(page)
    await page.waitForLoadState('networkidle')
    await tree(page).press('Home')
    for (const open of await tree(page).locator('[aria-expanded=true]').all()) await open.click()
    await page.locator('[role=treeitem][data-kind=relation]').first().waitFor({ state: 'hidden' })
    await page.evaluate((name) => {
      const row = [...document.querySelectorAll('[role=treeitem]')].find((one) => one.textContent?.includes(name))
      Object(window).benchStart()
      if (row instanceof HTMLElement) row.click()
    }, large)
    clicked.push(await seen(page))
    if (round >= 5) continue
    ended.push(await timed(() => endOfTree(page)))
  }
  return [
    { name: 'from navigation to rows of the tree, the very first', unit: 'ms', ours: opened.slice(0, 1) },
    ...spread('from navigation to rows of the tree', opened.slice(1), 300),
    { name: 'from a click on the large schema to its rows, the very first', unit: 'ms', ours: clicked.slice(0, 1) },
    ...spread('from a click on the large schema to its rows', clicked.slice(1), 300),
    ...spread('from the key End to the last table of the large schema', ended),
  ]
}

/** The large schema is the last one: End is there as soon as all its pages are. */
const endOfTree = async (page: Page): Promise<void> => {
  await tree(page).press('End')
  await page.waitForFunction(
    () => {
      const id = document.querySelector('[role=tree]')?.getAttribute('aria-activedescendant')
      return id && document.getElementById(id)?.dataset.kind === 'relation'
    },
    undefined,
    { polling: 50 },
  )
}

const edited = async (page: Page, id: string): Promise<Figure[]> => {
  let bytes = 0
  page.on('response', (answer) => {
    if (answer.url().includes('/api/data-sources/'))
      void answer.body().then(
        (body) => (bytes += body.length),
        () => 0,
      )
  })
  await page.goto(`/workspace/data-sources/${id}/sql`)
  await page.getByRole('textbox', { name: 'SQL' }).click()
  await page.waitForLoadState('networkidle')
  const offered: number[] = []
  let first = 0
  for (const text of [
    'select * from cust',
    `select * from ${large}.`,
    'select * from hub h where h.',
    'select * from _4711',
  ]) {
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.press('Delete')
    await page.keyboard.insertText(text.slice(0, -1))
    await page.keyboard.press('Escape')
    bytes = 0
    offered.push(
      await timed(async () => {
        await page.keyboard.type(text.slice(-1))
        await page.locator('.cm-tooltip-autocomplete li').first().waitFor()
      }),
    )
    await page.waitForLoadState('networkidle')
    if (first === 0) first = bytes
  }
  return [
    { name: 'completion of a table, the very first', unit: 'ms', ours: offered.slice(0, 1) },
    { name: 'what it fetched', unit: 'KB', ours: [first / 1000] },
    ...spread('completion of tables of a schema, columns behind an alias, a rare part', offered.slice(1)),
  ]
}

const searched = async (call: Call, source: string): Promise<Figure[]> => {
  const path = `/api/data-sources/${source}/search?limit=100&q=`
  const first = await timed(() => read(call, `${path}first`))
  const all: number[] = []
  const slow: { term: string; ms: number }[] = []
  for (const { kind, term } of searchTerms(500)) {
    const ms = await timed(() => read(call, path + encodeURIComponent(term)))
    all.push(ms)
    slow.push({ term: `${kind}: ${term}`, ms })
  }
  for (const { term, ms } of slow.sort((a, b) => b.ms - a.ms).slice(0, 5)) console.log(`  ${ms.toFixed(0)} ms  ${term}`)
  return [
    { name: 'search over HTTP, the very first', unit: 'ms', ours: [first] },
    ...times('search over HTTP, 500 terms', all, 150),
  ]
}

const read = async (call: Call, path: string): Promise<string> => (await call('GET', path)).text()

const paged = async (call: Call, source: string): Promise<Figure[]> => {
  const deep: number[] = []
  let cursor = ''
  do {
    let text = ''
    deep.push(
      await timed(async () => {
        text = await read(call, `/api/data-sources/${source}/tables?limit=200${cursor && `&cursor=${cursor}`}`)
      }),
    )
    cursor = JSON.parse(text).meta.page.cursor ?? ''
  } while (cursor !== '')
  return times(`all ${deep.length} pages of 200 tables`, deep)
}

const compared = async (call: Call, page: Page, first: string, catalog: URL): Promise<Figure[]> => {
  const second = await createSource(call, catalog, 'bench-two')
  await refresh(call, second)
  await alterSome(catalog, `added_${Date.now()}`)
  await refresh(call, first)
  const id = await idOf(call, first)
  const other = await idOf(call, second)
  const visits: Record<string, string> = {
    'the changes page, one in a hundred changed': `/workspace/data-sources/${id}/changes`,
    'the comparison of two such sources': `/workspace/data-sources/${id}/comparison?with=${other}`,
    'a table': `/workspace/data-sources/${id}?table=${large}.ticket_log_4711`,
    'a table that thousands refer to': `/workspace/data-sources/${id}?table=${large}.hub&tab=keys`,
  }
  const figures: Figure[] = []
  for (const [what, address] of Object.entries(visits)) {
    const taken: number[] = []
    for (let round = 0; round <= 5; round++) taken.push(await timed(() => page.goto(address, { waitUntil: 'load' })))
    figures.push(
      { name: `${what}, the very first`, unit: 'ms', ours: taken.slice(0, 1) },
      ...spread(what, taken.slice(1)),
    )
  }
  return figures
}

const listedLive = async (call: Call, source: string, supervisor: number): Promise<Figure[]> => {
  const before = weigh(supervisor)
  const stop = watchWeight(supervisor)
  const ms = await timed(async () => {
    const { body } = await call('GET', `/api/data-sources/${source}/discovery`)
    for await (const _ of body ?? []);
  })
  const most = stop()
  return [
    { name: 'everything listed live', unit: 's', ours: [ms / 1000] },
    { name: 'web grew meanwhile by at most', unit: 'MiB', ours: [most.web - before.web] },
    { name: 'engine grew meanwhile by at most', unit: 'MiB', ours: [most.engine - before.engine] },
    { name: 'the runner weighed at most', unit: 'MiB', ours: [most.runner] },
  ]
}
