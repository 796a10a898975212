import type { Page } from '@playwright/test'
import { hasMariaDb, type MariaDb, startMariaDb } from '../../lib/connectors/mysql/testing/mariadb.ts'
import { grid, result, runSql, sql, write } from '../fixtures/editor.ts'
import { passwordLabel } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })
test.skip(!hasMariaDb, 'MariaDB is not installed here.')

let server: MariaDb
const password = 'correct horse battery staple'
const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: 'Web shop' })
const actions = (page: Page) => page.getByRole('button', { name: 'Actions for Web shop' })

test.beforeAll(async () => {
  server = await startMariaDb()
  await server.run(
    'CREATE DATABASE shop CHARACTER SET utf8mb4',
    `CREATE USER 'etl_user'@'127.0.0.1' IDENTIFIED BY '${password}'`,
    "GRANT SELECT, SHOW VIEW ON shop.* TO 'etl_user'@'127.0.0.1'",
    "CREATE TABLE shop.customers (id int PRIMARY KEY, email varchar(100) NOT NULL COMMENT 'Where the receipt goes') COMMENT 'People who bought something'",
    'CREATE TABLE shop.`or``ders <b>` (id int PRIMARY KEY, customer_id int, FOREIGN KEY (customer_id) REFERENCES customers (id))',
    "INSERT INTO shop.customers VALUES (1, 'a@example.com'), (2, 'b@example.com')",
    'INSERT INTO shop.`or``ders <b>` VALUES (1, 1), (2, NULL), (3, 2)',
  )
})
test.afterAll(() => server?.stop())

test('a MariaDB is found in the catalog, fails its test, is mended at the named field, passes and is saved', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  await page.getByRole('link', { name: 'New connection' }).first().click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new/)
  await page.getByRole('searchbox').first().fill('mariadb')
  await page
    .getByRole('link', { name: /MariaDB/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new\/mysql/)
  await page.getByLabel('Connection name').fill('Web shop')
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(server.port))
  await page.getByLabel('Database').fill('shop')
  await page.getByLabel('Username').fill('etl_user')
  await page.getByLabel(passwordLabel).fill('wrong password')

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('does not offer encryption', { timeout: 20_000 })
  await page.getByRole('combobox', { name: 'SSL mode' }).click()
  await page.getByRole('option', { name: /^disable/i }).click()

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('rejected the password', { timeout: 20_000 })
  await expect(board(page)).toContainText("'etl_user'@'127.0.0.1'")
  await board(page).getByRole('button', { name: 'Go to field' }).click()
  await expect(page.getByLabel(passwordLabel)).toBeFocused()
  await page.getByLabel(passwordLabel).fill(password)

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })
  await expect(board(page)).toContainText('MariaDB')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toContainText('Passed', { timeout: 20_000 })
})

test('its tables can be browsed, and names are copied in backticks', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/workspace/connections?q=web+shop')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Discover Tables' }).click()
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await tree.getByRole('treeitem').filter({ hasText: 'customers' }).click()
  await expect(page.getByRole('article', { name: 'customers' })).toContainText('Where the receipt goes')
  await tree.getByRole('treeitem').filter({ hasText: 'ders <b>' }).click()
  const detail = page.getByRole('article', { name: 'or`ders <b>' })
  await detail.getByRole('tab', { name: /Keys/ }).click()
  await expect(detail).toContainText('customers')
  await detail.getByRole('button', { name: 'Copy qualified name' }).click()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('shop.`or``ders <b>`')
})

test('its tables are queried in backticks, completed, and what is wrong is underlined', async ({ page }) => {
  await page.goto('/workspace/connections?q=web+shop')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Discover Tables' }).click()
  await page.getByRole('navigation', { name: 'Data source' }).getByRole('link', { name: 'SQL' }).click()
  await expect(sql(page)).toBeVisible()
  await runSql(page, 'select id, `customer_id` from shop.`or``ders <b>` where id > ? order by id')
  await page.getByLabel('?1', { exact: true }).fill('1')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(result(page)).toContainText('2 rows')
  await expect(grid(page)).toContainText('NULL')

  await runSql(page, 'select 1,\n  selct 2')
  await expect(result(page).getByRole('alert')).toContainText('error in your SQL syntax')
  await expect(page.locator('.cm-lintRange-error')).toHaveText('2')
  await inspect(page, 'sql-mariadb-error')

  await write(page, 'select c. from customers c')
  for (let step = 0; step < ' from customers c'.length; step += 1) await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ControlOrMeta+Space')
  await expect(page.getByRole('listbox').getByRole('option').filter({ hasText: 'email' })).toBeVisible()
  await page.keyboard.press('Escape')
  await write(page, 'select * from ')
  await page.keyboard.press('ControlOrMeta+Space')
  await page.getByRole('listbox').getByRole('option').filter({ hasText: 'ders <b>' }).click()
  await expect(sql(page)).toContainText('`or``ders <b>`')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(result(page)).toContainText('3 rows')
  await inspect(page, 'sql-mariadb')
  // The login may only read, and the source does not even let it try.
  await runSql(page, 'delete from customers')
  await expect(page.getByText('Changes have to be allowed in the configuration')).toBeVisible()
  expect(await server.rows('select count(*) as n from shop.customers')).toEqual([{ n: 2 }])
})

test('it is edited, its password kept and never shown', async ({ page }) => {
  await page.goto('/workspace/connections?q=web+shop')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await expect(page.getByLabel('Connection name')).toHaveValue('Web shop')
  expect(await page.content()).not.toContain(password)
  await page.getByLabel('Description').fill('What the shop sold')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
})

test('it is deleted, and comes back', async ({ page }) => {
  await page.goto('/workspace/connections?q=web+shop')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page
    .getByRole('link', { name: /Deleted/ })
    .or(page.getByRole('tab', { name: /Deleted/ }))
    .first()
    .click()
  await actions(page).click()
  const restored = page.waitForResponse((response) => response.url().endsWith('/restore'))
  await page.getByRole('menuitem', { name: 'Restore' }).click()
  expect((await restored).status()).toBe(200)
  await page.goto('/workspace/connections?q=web+shop')
  await expect(row(page)).toBeVisible()
})
