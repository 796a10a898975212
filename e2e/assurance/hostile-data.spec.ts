import { createServer, type Server } from 'node:net'
import type { Page } from '@playwright/test'
import { backend } from '../../lib/connectors/postgres/testing/zoo.ts'
import { createConnection } from '../fixtures/connections.ts'
import { askTarget, grid, openEditor, result, runSql, sql, write } from '../fixtures/editor.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, signedIn as test } from '../fixtures/test.ts'

/*
 * SQL-9: whoever owns a database chooses its names, comments, values and errors. Every page that shows them is opened with
 * markup in all of those. The security policy would stop most of what gets through, and says so, which fails the journey too.
 */

const image = '<img src=x onerror=hit()>'
const script = `"><script>hit()</script>`
const link = 'javascript:hit()'
const template = '{{hit()}}'
const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const schema = quoted(`h ${image}`)
const table = `${schema}.${quoted(`t ${image}`)}`

let rogue: Server
let roguePort = 0

test.beforeAll(async () => {
  await askTarget(`create schema ${schema}`)
  await askTarget(`create type ${schema}.${quoted(`e ${script}`)} as enum (${text(image)}, ${text(link)})`)
  await askTarget(`create table ${table} (
    ${quoted(`k ${image}`)} int primary key, ${quoted(`c ${script}`)} text default ${text(script)},
    ${quoted(link)} jsonb, ${quoted(`e ${image}`)} ${schema}.${quoted(`e ${script}`)},
    constraint ${quoted(`ck ${image}`)} check (${quoted(`c ${script}`)} <> ${text(image)}))`)
  await askTarget(`create table ${schema}.${quoted(`n ${script}`)} (${quoted(`r ${image}`)} int references ${table})`)
  await askTarget(`create index ${quoted(`i ${image}`)} on ${table} (${quoted(`c ${script}`)})`)
  await askTarget(
    `create view ${schema}.${quoted(`v ${image}`)} as select ${text(image)}::text as ${quoted(`x ${image}`)}`,
  )
  await askTarget(`comment on schema ${schema} is ${text(image)}; comment on table ${table} is ${text(script + image)}`)
  await askTarget(`comment on column ${table}.${quoted(`k ${image}`)} is ${text(image)}`)
  await askTarget(`insert into ${table} select n, ${text(`${script}${template}`)}, json_build_object(${text(image)},
    array[${text(script)}, ${text(link)}]), ${text(image)} from generate_series(1, 200) n`)
  await askTarget(`grant usage on schema ${schema} to ${targetLogin.user};
    grant select on all tables in schema ${schema} to ${targetLogin.user}; analyze`)
  const words = `SFATAL\0VFATAL\0C28P01\0M${image}${script}\0D${image}\0H${link}${image}\0\0`
  rogue = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => socket.end(backend('E', words)))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => rogue.once('listening', resolve))
  const address = rogue.address()
  roguePort = address !== null && typeof address === 'object' ? address.port : 0
})
test.afterAll(async () => {
  rogue.close()
  await askTarget(`drop schema ${schema} cascade`)
})

/** Nothing of it became an element, a link or a call; and it is there to be read, unless it need not be. */
const expectInert = async (page: Page, where: string, isShown = true) => {
  const shows = () => page.evaluate(() => document.body.textContent.includes('hit()'))
  if (isShown) await expect.poll(shows, { message: `${where} shows nothing of it`, timeout: 20_000 }).toBe(true)
  const found = await page.evaluate(() => ({
    elements: document.querySelectorAll('img[src="x"], [onerror], [onload], a[href^="javascript:" i]').length,
    scripts: [...document.scripts].filter(({ text: code }) => /^\s*hit\(\)/.test(code)).length,
    hits: sessionStorage.getItem('hits'),
  }))
  expect(found, where).toEqual({ elements: 0, scripts: 0, hits: null })
}

const watch = (page: Page) =>
  page.addInitScript(() => Object.assign(window, { hit: () => sessionStorage.setItem('hits', location.href) }))

test('names, comments, definitions and samples of a hostile database are text wherever they are shown', async ({
  page,
}) => {
  test.setTimeout(150_000)
  await watch(page)
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Hostile data' })
  const address = `/workspace/data-sources/${id}`
  await page.goto(address)
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await tree.getByRole('treeitem').filter({ hasText: 'h <img' }).first().click()
  await expectInert(page, 'the tree')
  for (const name of ['t <img', 'n "><script>', 'v <img']) {
    await tree.getByRole('treeitem').filter({ hasText: name }).click()
    const detail = page.getByRole('article')
    await expect(detail).toContainText(name)
    for (const tab of await detail.getByRole('tab').all()) {
      await tab.click()
      await expectInert(page, `${name}, ${await tab.textContent()}`)
    }
    const count = detail.getByRole('button', { name: /^Count / }).first()
    if (await count.isVisible()) await count.click()
    await expectInert(page, `statistics of ${name}`)
  }
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText(/^Read /)).toBeVisible({ timeout: 30_000 })
  await askTarget(
    `alter table ${table} add column ${quoted(`new ${image}`)} int; comment on table ${table} is ${text(image)}`,
  )
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(async () => {
    await page.goto(`${address}/changes`)
    await expectInert(page, 'changes')
  }).toPass({ timeout: 60_000 })
  await page.goto(`${address}/cdc`)
  await page.getByRole('combobox', { name: 'Tables' }).fill('t <img')
  await expect(page.getByRole('option').first()).toContainText('t <img')
  await expectInert(page, 'the table picker')
})

test('cells, columns, plans, errors and completions of a hostile database are text in the editor', async ({ page }) => {
  test.setTimeout(150_000)
  await watch(page)
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Hostile results' })
  await openEditor(page, id)
  await runSql(page, `select * from ${table} order by 1 limit 3`)
  await expect(grid(page)).toContainText('hit()')
  await expectInert(page, 'the grid')
  for (const column of [1, 2, 3, 4]) {
    await grid(page)
      .locator(`[role=row][aria-rowindex="2"] [aria-colindex="${column + 1}"]`)
      .dblclick()
    await expectInert(page, `the value of column ${column}`)
    await page.getByRole('button', { name: 'Close the value' }).click()
  }
  await page.getByText('Chart', { exact: true }).click()
  await expectInert(page, 'the chart')
  await runSql(page, `select ${text(image)}::int`)
  await expect(result(page).getByRole('alert')).toContainText('invalid input syntax')
  await expectInert(page, 'an error')
  await write(page, `select * from ${table} where ${quoted(`c ${script}`)} = ${text(image)}`)
  await page.getByRole('button', { name: 'Explain analyze' }).click()
  await expect(result(page)).toContainText('Costliest step')
  await expectInert(page, 'a plan')
  await write(page, `select * from ${schema}.`)
  await page.keyboard.press('ControlOrMeta+Space')
  await expect(page.getByRole('listbox').getByRole('option').filter({ hasText: 't <img' })).toBeVisible()
  await expectInert(page, 'completion')
  await page.keyboard.press('Enter')
  await expect(sql(page)).toContainText('hit()')
  await page.getByText('History', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'Your queries' })).toContainText('hit()')
  await expectInert(page, 'the history')
})

test('what a rogue server says instead of a login is text, or not shown at all', async ({ page }) => {
  await watch(page)
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Rogue server', port: roguePort })
  await page.goto(`/workspace/connections/${id}/edit`)
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(page.getByRole('region', { name: 'Connection test' })).toContainText(/failed|rejected/i, {
    timeout: 20_000,
  })
  await expectInert(page, 'the test', false)
  for (const path of ['', '/sql', '/cdc']) {
    await page.goto(`/workspace/data-sources/${id}${path}`)
    await expectInert(page, `the rogue server’s ${path}`, false)
  }
  for (const path of ['/workspace/connections?q=rogue', '/workspace/audit']) {
    await page.goto(path)
    await expectInert(page, path, false)
  }
})
