import { createConnection } from '../fixtures/connections.ts'
import { askTarget } from '../fixtures/editor.ts'
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
  await page.getByLabel('Search tables, comments and columns').fill('orders')
  const table = row('orders').first()
  await table.locator('svg').first().click()
  await expect(row('customer_id')).toContainText('bigint')
  await expect(row('customer_id')).toHaveAttribute('aria-level', '2')
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

  await table.click()
  await expect(page.getByRole('article', { name: 'orders' })).toBeVisible()
  await askTarget('alter table shop.orders add column looked_at_again text')
  try {
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(row('looked_at_again')).toBeVisible({ timeout: 30_000 })
  } finally {
    await askTarget('alter table shop.orders drop column looked_at_again')
  }
})

test('hundreds of tables are walked with the keyboard, also those that are not loaded yet', async ({ page }) => {
  await askTarget(`create schema zz_wide; grant usage on schema zz_wide to public;
    do $$ begin for n in 100 .. 550 loop execute format('create table zz_wide.t_%s (id int, amount_%s int)', n, n); end loop; end $$`)
  try {
    await page.goto('/workspace/connections')
    const id = await createConnection(page, { name: 'Explorer wide' })
    await page.goto(`/workspace/data-sources/${id}`)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect(page.getByText(/^Read /)).toBeVisible({ timeout: 30_000 })
    const tree = page.getByRole('tree', { name: 'Schemas and tables' })
    const row = (name: string) => tree.getByRole('treeitem').filter({ hasText: name })
    const search = page.getByLabel('Search tables, comments and columns')
    const { keyboard } = page
    await tree.focus()
    await keyboard.type('zz_w')
    await expect(row('zz_wide')).toHaveAttribute('data-active')
    await keyboard.press('ArrowRight')
    await expect(row('t_100')).toBeVisible()
    await keyboard.press('End')
    await expect(row('t_550')).toHaveAttribute('data-active')
    await keyboard.press('Home')
    await page.waitForTimeout(800)
    await keyboard.type('t_4')
    await expect(row('t_400')).toHaveAttribute('data-active')
    await keyboard.press('Enter')
    await expect(page.getByRole('article', { name: 't_400' })).toBeVisible()

    await keyboard.press('/')
    await expect(search).toBeFocused()
    await keyboard.type('amount_321')
    await expect(row('t_321')).toContainText('zz_wide')
    await expect(row('t_321')).toContainText('amount_321')
    await inspect(page, 'explorer-search')
    await keyboard.press('ArrowDown')
    await expect(tree).toBeFocused()
    await keyboard.press('Enter')
    await expect(page.getByRole('article', { name: 't_321' })).toBeVisible()
    await page.getByRole('article').getByRole('tab', { name: 'Columns' }).focus()
    await keyboard.press('Escape')
    await expect(tree).toBeFocused()
    await keyboard.press('Escape')
    await expect(search).toBeFocused()
    await keyboard.press('Escape')
    await expect(search).toHaveValue('')
    await expect(row('zz_wide').first()).toBeVisible()
  } finally {
    await askTarget('drop schema zz_wide cascade')
  }
})

test('routines and types stand in the tree behind the tables, open by keyboard and by address, and are searched', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await askTarget(`create schema zz_made; grant usage on schema zz_made to public;
    create type zz_made.mood as enum ('good', 'bad'); create table zz_made.t (id int);
    create function zz_made.adds_up(a int) returns int language sql as 'select a + 1';
    comment on function zz_made.adds_up(int) is 'One more'`)
  try {
    await page.goto(address)
    await page.getByRole('button', { name: 'Refresh' }).click()
    const tree = page.getByRole('tree', { name: 'Schemas and tables' })
    const row = (name: string) => tree.getByRole('treeitem').filter({ hasText: name })
    const { keyboard } = page
    await expect(row('zz_made')).toBeVisible({ timeout: 30_000 })
    await row('zz_made').click()
    await row('Types').click()
    await expect(row('mood')).toContainText('good, bad')
    await row('Routines').click()
    await expect(row('adds_up')).toContainText('(a integer) → integer')
    await row('adds_up').click()
    const detail = page.getByRole('article', { name: 'adds_up' })
    await expect(detail).toContainText('select a + 1')
    await inspect(page, 'explorer-routine')
    await tree.focus()
    await keyboard.press('Shift+F10')
    await page.getByRole('menuitem', { name: 'Copy definition' }).click()
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('select a + 1')

    await page.reload()
    await expect(detail).toContainText('One more')
    await expect(row('adds_up')).toHaveAttribute('aria-selected', 'true')
    await page.getByLabel('Search tables, comments and columns').fill('mood')
    await expect(row('mood')).toContainText('zz_made')
    await keyboard.press('ArrowDown')
    await keyboard.press('Enter')
    await expect(page.getByRole('article', { name: 'mood' })).toContainText("AS ENUM ('good', 'bad')")
    await inspect(page, 'explorer-enum')
    await page.getByRole('link', { name: 'Show changes' }).click()
    await expect(page).toHaveURL(/relation=zz_made.mood&type=enum/)
  } finally {
    await askTarget('drop schema zz_made cascade')
  }
})
