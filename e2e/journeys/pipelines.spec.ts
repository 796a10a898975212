import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

/** As an engine would, from within the page. */
const register = (page: Page, key: string, body: object): Promise<number> =>
  page.evaluate(
    async ([url, json]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(url, { method: 'PUT', headers, body: json })).status
    },
    [`/api/pipelines/${key}`, JSON.stringify(body)] as const,
  )

const openDelete = async (page: Page, name: string) => {
  await row(page, name)
    .getByRole('button', { name: /Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
}

test('an empty page teaches the call, and a pipeline that registered is there with what it uses', async ({ page }) => {
  await page.goto('/workspace/connections')
  await page.getByRole('link', { name: 'Pipelines' }).click()
  await expect(page.getByRole('heading', { name: 'No pipelines yet' })).toBeVisible()
  await expect(page.getByText('curl -X PUT')).toBeVisible()
  await inspect(page, 'pipelines-empty')

  await createConnection(page, { name: 'Warehouse' })
  const definition = {
    nodes: [
      { id: 'read', conn_id: 'warehouse' },
      { id: 'write', conn_id: 'not-there-yet' },
    ],
  }
  expect(await register(page, 'nightly-orders', { name: 'Nightly orders', definition })).toBe(200)
  await page.reload()
  await expect(row(page, 'Nightly orders')).toContainText('Warehouse')
  await expect(row(page, 'Nightly orders')).toContainText('not-there-yet not found')
  await inspect(page, 'pipelines')

  await page.keyboard.press('/')
  await page.getByRole('searchbox', { name: 'Search pipelines' }).fill('orders')
  await expect(page).toHaveURL(/q=orders/)
  await page.getByRole('link', { name: 'Nightly orders' }).click()
  await expect(page.getByRole('heading', { name: 'Nightly orders' })).toBeVisible()
  await expect(row(page, 'not-there-yet')).toContainText('/nodes/1/conn_id')
  await inspect(page, 'pipeline')
})

test('the list says where a connection is used, once somebody looks', async ({ page }) => {
  await page.goto('/workspace/connections?q=warehouse')
  const used = page.getByRole('button', { name: 'Used in 1 pipeline: Warehouse' })
  await used.hover()
  await expect(page.getByRole('link', { name: 'Nightly orders' })).toBeVisible()
  await expect(page.getByText('Nobody has used it')).toBeVisible()
  await inspect(page, 'connections-used-in')
  await page.keyboard.press('Escape')
  await used.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('link', { name: 'Nightly orders' })).toBeVisible()
})

test('what an active pipeline uses is deleted with a reason only, and comes back with its references', async ({
  page,
}) => {
  await page.goto('/workspace/connections?q=warehouse')
  await openDelete(page, 'Warehouse')
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('1 active pipeline uses it.')
  await expect(dialog.getByRole('link', { name: 'Nightly orders' })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Delete anyway' })).toBeDisabled()
  await inspect(page, 'connection-delete-in-use')
  await dialog.getByRole('textbox', { name: 'Why pipelines lose it' }).fill('Moved to the new warehouse')
  await dialog.getByRole('button', { name: 'Delete anyway' }).click()
  await expect(page.getByText('Warehouse deleted')).toBeVisible()
  await page.goto('/workspace/pipelines')
  await expect(row(page, 'Nightly orders')).toContainText('deleted')
  await page.goto('/workspace/connections?deleted=true')
  await row(page, 'Warehouse')
    .getByRole('button', { name: /Actions/ })
    .click()
  await page.getByRole('menuitem', { name: 'Restore' }).click()
  await expect(page.getByText(/Warehouse.*(restored|back)/)).toBeVisible()
  await page.goto('/workspace/pipelines')
  await expect(row(page, 'Nightly orders').getByRole('link', { name: 'Warehouse' })).toBeVisible()
})

test('a deactivated pipeline protects nothing, and a deleted one is gone', async ({ page }) => {
  await page.goto('/workspace/pipelines/nightly-orders')
  await page.getByRole('button', { name: 'Deactivate' }).click()
  await expect(page.getByRole('button', { name: 'Activate', exact: true })).toBeVisible()
  await page.goto('/workspace/connections?q=warehouse')
  await openDelete(page, 'Warehouse')
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Delete connection' })).toBeEnabled()
  await page.keyboard.press('Escape')
  await page.goto('/workspace/pipelines/nightly-orders')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete pipeline' }).click()
  await expect(page.getByRole('heading', { name: 'No pipelines yet' })).toBeVisible()
})
