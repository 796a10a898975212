import type { Page } from '@playwright/test'
import { passwordLabel, run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const target = run.target()
const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page, name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) })

test('a connection is found in the catalog, fails its test, is mended at the named field, passes and is saved', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  await page.getByRole('link', { name: 'New connection' }).first().click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new/)
  await inspect(page, 'catalog')
  await page.getByRole('searchbox').first().fill('neon')
  await expect(page.getByRole('link', { name: /Neon/ })).toBeVisible()
  await page.getByRole('searchbox').first().fill('pg')
  await page
    .getByRole('link', { name: /PostgreSQL/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new\/postgres/)

  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page.getByRole('textbox', { name: 'Host', exact: true })).toHaveAttribute('aria-invalid', 'true')
  await inspect(page, 'form-errors')

  await page.getByLabel('Connection name').fill('Orders')
  await expect(page.getByLabel('Connection id')).toHaveValue('orders')
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill(target.host)
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(target.port))
  await page.getByLabel('Database').fill(target.database)
  await page.getByLabel('Schema').fill('shop')
  await page.getByLabel('Username').fill(target.user)
  await page.getByLabel(passwordLabel).fill('wrong password')

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('does not', { timeout: 20_000 })
  await inspect(page, 'form-tls-failed')
  await page.getByRole('combobox', { name: 'SSL mode' }).click()
  await page.getByRole('option', { name: /^disable/i }).click()

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText(/password/i, { timeout: 20_000 })
  await inspect(page, 'form-password-rejected')
  await board(page).getByRole('button', { name: 'Go to field' }).click()
  await expect(page.getByLabel(passwordLabel)).toBeFocused()
  await page.getByLabel(passwordLabel).fill(target.password)

  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })
  await inspect(page, 'form-passed')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page, 'Orders')).toContainText('Passed', { timeout: 20_000 })
})

test('the list finds, filters and tests it in place', async ({ page }) => {
  await page.goto('/workspace/connections')
  await inspect(page, 'connections')
  await page.getByRole('searchbox').first().fill('orders')
  await expect(page).toHaveURL(/q=orders/)
  await expect(row(page, 'Orders')).toBeVisible()
  await expect(row(page, 'Sample shop')).toBeHidden()
  await page.getByRole('button', { name: 'Actions for Orders' }).click()
  await page.getByRole('menuitem', { name: 'Test Connection' }).click()
  await expect(row(page, 'Orders')).toContainText(/Passed/, { timeout: 20_000 })
  await page.getByRole('button', { name: 'Actions for Orders' }).click()
  await inspect(page, 'connections-menu')
})

test('its tables can be browsed and searched, and hostile names stay inert', async ({ page }) => {
  await page.goto('/workspace/connections?q=orders')
  await page.getByRole('button', { name: 'Actions for Orders' }).click()
  await page.getByRole('menuitem', { name: 'Discover Tables' }).click()
  await expect(page).toHaveURL(/\/workspace\/data-sources\/conn_/)
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await expect(tree.getByRole('treeitem').filter({ hasText: 'shop' }).first()).toBeVisible()
  await page.getByLabel('Search tables, comments and columns').fill('bought')
  await tree.getByRole('treeitem').filter({ hasText: 'customers' }).click()
  const detail = page.getByRole('article', { name: 'customers' })
  await expect(detail).toContainText('Where the receipt goes')
  await inspect(page, 'discover')
  await detail.getByRole('tab', { name: /Keys/ }).click()
  await expect(detail).toContainText('orders')
  await page.getByLabel('Search tables, comments and columns').fill('img src')
  await tree.getByRole('treeitem').filter({ hasText: 'onerror' }).click()
  await expect(page.getByRole('article').getByRole('heading')).toContainText('<img src=x onerror=alert(1)>')
  await expect(page.getByRole('article')).toContainText('__proto__')
})

test('a stored secret is kept on edit, never shown, and not sent elsewhere', async ({ page }) => {
  await page.goto('/workspace/connections?q=orders')
  await page.getByRole('button', { name: 'Actions for Orders' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await expect(page.getByLabel('Connection name')).toHaveValue('Orders')
  expect(await page.content()).not.toContain(target.password)
  await inspect(page, 'form-edit')
  await page.getByLabel('Connection name').fill('Orders (renamed)')
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByLabel('Connection name')).toHaveValue('Orders')

  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('evil.example.com')
  await expect(page.getByText(/sealed/i).first()).toBeVisible()
  await page.getByRole('button', { name: 'Reset' }).click()

  await page.getByLabel('Description').fill('What the shop sold')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
})

test('unsaved changes are guarded', async ({ page }) => {
  await page.goto('/workspace/connections?q=orders')
  await page.getByRole('link', { name: 'Orders', exact: true }).click()
  await page.getByLabel('Connection name').fill('Half done')
  await page.getByRole('link', { name: 'Connections', exact: true }).first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await inspect(page, 'form-leave')
})

test('a deleted connection comes back by undo, or from the deleted list', async ({ page }) => {
  await page.goto('/workspace/connections?q=orders')
  const remove = async () => {
    await page.getByRole('button', { name: 'Actions for Orders' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Delete connection' }).click()
    await expect(row(page, 'Orders')).toBeHidden()
  }
  await remove()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Orders')).toBeVisible()
  await remove()
  await page
    .getByRole('link', { name: /Deleted/ })
    .or(page.getByRole('tab', { name: /Deleted/ }))
    .first()
    .click()
  await page.getByRole('button', { name: 'Actions for Orders' }).click()
  await inspect(page, 'connections-deleted')
  const restored = page.waitForResponse((answer) => answer.url().endsWith('/restore'))
  await page.getByRole('menuitem', { name: 'Restore' }).click()
  expect((await restored).status()).toBe(200)
  await page.goto('/workspace/connections?q=orders')
  await expect(row(page, 'Orders')).toBeVisible()
})
