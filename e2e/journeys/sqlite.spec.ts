import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
import { grid, result, runSql, sql, write } from '../fixtures/editor.ts'
import { run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const name = 'Till receipts'
const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: name })
const actions = (page: Page) => page.getByRole('button', { name: `Actions for ${name}` })

test.beforeAll(() => {
  const folder = path.join(run.home(), 'files/shop')
  mkdirSync(folder, { recursive: true })
  const db = new DatabaseSync(path.join(folder, 'receipts.db'))
  db.exec(`create table receipts (id integer primary key, total numeric check (total >= 0), note text);
    create table lines (receipt_id integer references receipts, place int, primary key (receipt_id, place));
    create view big_receipts as select * from receipts where total > 100;
    insert into receipts values (1, 12.5, ''), (2, 250, 'large'), (3, null, null)`)
  db.close()
})

test('a file is named wrongly, found at the field, passes and is saved', async ({ page }) => {
  await page.goto('/workspace/connections/new?role=source')
  await page.getByRole('searchbox').first().fill('sqlite')
  await page
    .getByRole('link', { name: /SQLite/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new\/sqlite/)
  await page.getByLabel('Connection name').fill(name)
  const file = page.getByRole('textbox', { name: /^File/ })
  await file.fill('shop/reciepts.db')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('There is no file', { timeout: 30_000 })
  await inspect(page, 'sqlite-not-found')
  await board(page).getByRole('button', { name: 'Go to field' }).click()
  await expect(file).toBeFocused()
  await file.fill('shop/receipts.db')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('Passed', { timeout: 30_000 })
  await inspect(page, 'sqlite-passed')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toContainText('Passed', { timeout: 30_000 })
})

test('its tables can be browsed', async ({ page }) => {
  await page.goto('/workspace/connections?q=till')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Discover Tables' }).click()
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await page.getByLabel('Search tables, comments and columns').fill('receipts')
  await tree.getByRole('treeitem').filter({ hasText: 'big_receipts' }).click()
  const detail = page.getByRole('article', { name: 'big_receipts' })
  await expect(detail).toContainText('total')
  await inspect(page, 'sqlite-discover')
})

test('its tables are queried and completed, what is wrong is underlined, and the file stays as it is', async ({
  page,
}) => {
  await page.goto('/workspace/connections?q=till')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Discover Tables' }).click()
  await page.getByRole('navigation', { name: 'Data source' }).getByRole('link', { name: 'SQL' }).click()
  await expect(sql(page)).toBeVisible()
  await write(page, 'select * from ')
  await page.keyboard.press('ControlOrMeta+Space')
  const options = page.getByRole('listbox').getByRole('option')
  await options.filter({ hasText: /^receipts/ }).click()
  await page.keyboard.insertText(' where total > :least or total is null order by id')
  await page.getByLabel(':least', { exact: true }).fill('100')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(result(page)).toContainText('2 rows')
  await expect(grid(page)).toContainText('large')
  await inspect(page, 'sql-sqlite')

  await runSql(page, 'select totl\nfrom receipts')
  await expect(result(page).getByRole('alert')).toContainText('no such column: totl')
  await expect(page.locator('.cm-lintRange-error')).toHaveText('totl')
  await inspect(page, 'sql-sqlite-error')
  await runSql(page, 'delete from receipts')
  await expect(result(page).getByRole('alert')).toContainText('The file is opened for reading only')
  await runSql(page, 'select count(*) as kept from receipts')
  await expect(grid(page).getByRole('row').nth(1)).toContainText('3')
})

test('it is edited, deleted and restored', async ({ page }) => {
  await page.goto('/workspace/connections?q=till')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await expect(page.getByRole('textbox', { name: /^File/ })).toHaveValue('shop/receipts.db')
  await page.getByLabel('Description').fill('What the till wrote')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await page.goto('/workspace/connections?q=till')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page)).toBeVisible()
})
