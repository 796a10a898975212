import type { Page } from '@playwright/test'
import { type Api, secrets, startApi } from '../../lib/connectors/http/testing/api.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: 'Orders API' })
const testIt = (page: Page) => page.getByRole('button', { name: 'Test Connection' }).click()
const option = async (page: Page, label: string, name: string) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name }).click()
}
const token = (page: Page) => page.getByLabel(/^Token( \*)?$/)

let api: Api
test.beforeAll(async () => {
  api = await startApi()
})
test.afterAll(() => api?.stop())

test('a REST API is tested, a wrong token mended, its pages previewed, and the connection saved', async ({ page }) => {
  await page.goto('/workspace/connections/new/http?role=source')
  await page.getByLabel('Connection name').fill('Orders API')
  await page.getByRole('textbox', { name: 'Base URL' }).first().fill(api.origin)
  await page.getByRole('textbox', { name: 'Path', exact: true }).fill('/bearer')
  await token(page).fill('not the token')
  await testIt(page)
  await expect(board(page)).toContainText('does not accept this login', { timeout: 20_000 })
  await inspect(page, 'http-unauthorized')
  await board(page).getByRole('button', { name: 'Go to field' }).click()
  await expect(token(page)).toBeFocused()
  await token(page).fill(secrets.token)
  await testIt(page)
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })

  await page.getByRole('textbox', { name: 'Path of a list' }).fill('/list/cursor')
  await page.getByRole('button', { name: 'Preview pages' }).click()
  await expect(page.getByText('There is a list at $.data.rows.')).toBeVisible({ timeout: 20_000 })
  await page.getByText('Pagination', { exact: true }).click()
  await option(page, 'How lists go on', 'Cursor')
  await page.getByRole('textbox', { name: 'Where the items are' }).fill('$.data.rows')
  await page.getByRole('textbox', { name: 'Where the next cursor is' }).fill('$.meta.next')
  await page.getByRole('textbox', { name: 'Path of a list' }).press('Enter')
  await expect(page.getByText('3 pages, 25 items')).toBeVisible({ timeout: 20_000 })
  await expect(page.getByText('That is all: the last answer names no next page.')).toBeVisible()
  await page.getByText('First 5 as JSON').first().click()
  await expect(page.getByRole('region', { name: 'Items of page 1' })).toContainText('item-5')
  await inspect(page, 'http-pages')

  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toBeVisible()
})

test('it is edited with its token kept, moved only with the token typed again, deleted, and restored', async ({
  page,
}) => {
  await page.goto('/workspace/connections?q=orders%20api')
  await row(page).getByRole('link', { name: 'Orders API' }).click()
  await expect(page.getByRole('textbox', { name: 'Where the next cursor is' })).toHaveValue('$.meta.next')
  await page.getByRole('textbox', { name: 'Path of a list' }).fill('/list/cursor')
  await page.getByRole('button', { name: 'Preview pages' }).click()
  await expect(page.getByText('3 pages, 25 items')).toBeVisible({ timeout: 20_000 })
  expect(await page.content()).not.toContain(secrets.token)
  await page.getByLabel('Description').fill('Orders of the shop')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await page.goto('/workspace/connections?q=orders%20api')
  await page.getByRole('button', { name: 'Actions for Orders API' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page)).toBeVisible()
})
