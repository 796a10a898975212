import { createConnection } from '../fixtures/connections.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

let address: string

test('a table is looked at from all sides: its neighbours, its DDL, its rows and what stands in them', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Explorer shop' })
  address = `/workspace/data-sources/${id}`
  await page.goto(`${address}?table=shop.orders`)
  const detail = page.getByRole('article', { name: 'orders' })
  const open = (tab: string) => detail.getByRole('tab', { name: tab }).click()

  await open('Keys & relations')
  await expect(detail.getByRole('region', { name: 'Relations of orders' })).toContainText('customer_id')
  await inspect(page, 'explorer-keys')
  await open('Constraints')
  await expect(detail).toContainText('total >=')
  await open('DDL')
  await expect(detail).toContainText('CREATE TABLE shop.orders')
  await inspect(page, 'explorer-ddl')
  await detail.getByRole('button', { name: 'Copy DDL' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('CREATE INDEX orders_customer')
  await open('Sample')
  await expect(detail.getByRole('region', { name: 'Result' })).toContainText('100 rows', { timeout: 20_000 })
  await inspect(page, 'explorer-sample')
  await open('Statistics')
  await detail.getByRole('button', { name: 'Count customer_id' }).click()
  await expect(detail.getByRole('list', { name: 'Most frequent values' })).toBeVisible({ timeout: 20_000 })
  await inspect(page, 'explorer-statistics')
})

test('a neighbour is reached through the picture by keyboard', async ({ page }) => {
  await page.goto(`${address}?table=shop.orders&tab=keys`)
  await page.getByRole('link', { name: 'customers, orders refers to it' }).focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article', { name: 'customers' })).toBeVisible()
})

test('reading the tables again shows how far it is and when it was', async ({ page }) => {
  await page.goto(address)
  await page.getByRole('button', { name: 'Refresh' }).click()
  await expect(page.getByText(/^Read /)).toBeVisible({ timeout: 30_000 })
  await inspect(page, 'explorer-refreshed')
})

test('a row of the tree has a menu by right click, by its button and by keyboard, which gives the focus back', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(address)
  const copied = () => page.evaluate(() => navigator.clipboard.readText())
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await page.getByLabel('Search tables, comments and columns').fill('orders')
  const row = tree.getByRole('treeitem').filter({ hasText: 'orders' }).first()
  const menu = page.getByRole('menu', { name: 'Actions for orders' })
  await row.click({ button: 'right' })
  await menu.getByRole('menuitem', { name: 'Copy qualified name' }).click()
  await expect.poll(copied).toBe('shop.orders')
  await row.hover()
  await row.getByRole('button', { name: 'Actions for orders' }).click()
  await inspect(page, 'explorer-row-menu')
  await menu.getByRole('menuitem', { name: 'Copy DDL' }).click()
  await expect.poll(copied).toContain('CREATE TABLE shop.orders')
  await expect(tree).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await expect(menu).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(menu).toBeHidden()
  await expect(tree).toBeFocused()
  await page.keyboard.press('Shift+F10')
  await menu.getByRole('menuitem', { name: 'Copy SELECT' }).click()
  await expect.poll(copied).toContain('FROM shop.orders')
  await page.keyboard.press('Shift+F10')
  await menu.getByRole('menuitem', { name: 'Open in SQL editor' }).click()
  await expect(page).toHaveURL(/\/sql/)
  await expect(page.getByText('FROM shop.orders').first()).toBeVisible()
})

test('a table opens in the tree to its columns with their types, by keyboard and by pointer', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(address)
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  const row = (name: string) => tree.getByRole('treeitem').filter({ hasText: name })
  await page.getByLabel('Search tables and comments').fill('orders')
  const table = row('orders').last()
  await table.locator('svg').first().click()
  await expect(row('customer_id')).toContainText('bigint')
  await expect(row('customer_id')).toHaveAttribute('aria-level', '3')
  await expect(row('customer_id').getByRole('img', { name: 'to customers' })).toBeVisible()
  await inspect(page, 'explorer-tree-columns')
  await tree.focus()
  await page.keyboard.type('customer_')
  await expect(row('customer_id')).toHaveAttribute('data-active')
  await page.keyboard.press('Shift+F10')
  await page.getByRole('menuitem', { name: 'Copy name' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('customer_id')
  await page.keyboard.press('ArrowLeft')
  await expect(table).toHaveAttribute('data-active')
  await page.keyboard.press('ArrowLeft')
  await expect(table).toHaveAttribute('aria-expanded', 'false')
  await expect(row('customer_id')).toBeHidden()
  await page.keyboard.press('ArrowRight')
  await expect(row('customer_id')).toBeVisible()
})
