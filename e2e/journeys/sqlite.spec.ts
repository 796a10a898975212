import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from '@playwright/test'
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
    create view big_receipts as select * from receipts where total > 100`)
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
  await page.getByLabel('Search tables and comments').fill('receipts')
  await tree.getByRole('treeitem').filter({ hasText: 'big_receipts' }).click()
  const detail = page.getByRole('article', { name: 'big_receipts' })
  await expect(detail).toContainText('total')
  await inspect(page, 'sqlite-discover')
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
