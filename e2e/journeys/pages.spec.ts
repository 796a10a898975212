import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test('every tab of a table, a view and a partitioned table can be read', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Pages orders' })
  await page.goto(`/workspace/data-sources/${id}`)
  await expect(page.getByRole('treeitem').filter({ hasText: 'customers' })).toBeVisible()
  await inspect(page, 'discover-tree')
  await page.goto(`/workspace/data-sources/${id}?table=shop.orders`)
  const detail = page.getByRole('article')
  for (const [tab, shows] of [
    ['Columns', 'customer_id'],
    ['Keys', 'customers'],
    ['Indexes', 'orders_customer'],
    ['Constraints', 'total >='],
  ] as const) {
    await detail.getByRole('tab', { name: new RegExp(tab) }).click()
    await expect(detail).toContainText(shows)
    await inspect(page, `discover-${tab.toLowerCase()}`)
  }
  await page.goto(`/workspace/data-sources/${id}?table=shop.big_orders&tab=ddl`)
  await expect(detail).toContainText('SELECT')
  await inspect(page, 'discover-ddl')
  await page.goto(`/workspace/data-sources/${id}?table=shop.events`)
  await expect(detail).toContainText('Partitioned table')
  await inspect(page, 'discover-partitioned')
  await page.getByLabel('Search tables, comments and columns').fill('nothing of the kind')
  await expect(page.getByText(/Nothing matches/)).toBeVisible()
  await inspect(page, 'discover-search-empty')
})

test('a source in production wears its frame, and one that does not answer says why', async ({ page }) => {
  await page.goto('/workspace/connections')
  const production = await createConnection(page, { name: 'Pages production', environment: 'prod' })
  const broken = await createConnection(page, { name: 'Pages broken', port: 1 })
  await page.goto(`/workspace/data-sources/${production}`)
  await expect(page.getByRole('tree')).toBeVisible()
  await inspect(page, 'discover-production')
  await page.goto(`/workspace/data-sources/${broken}`)
  await page.getByRole('button', { name: 'Find out why' }).click()
  await expect(page.getByRole('region', { name: 'Connection test' })).toContainText('Failed', { timeout: 20_000 })
  await inspect(page, 'discover-failing')
  await page.goto('/workspace/data-sources')
  await expect(page.getByRole('row').filter({ hasText: 'Pages broken' })).toBeVisible()
  await inspect(page, 'data-sources')
})

test('saving what somebody else saved in between asks instead of overwriting', async ({ page, context }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Pages conflict' })
  await openForm(page, id)
  const other = await context.newPage()
  await openForm(other, id)
  await other.getByLabel('Description').fill('theirs')
  await other.getByRole('button', { name: 'Save Connection' }).click()
  await expect(other).toHaveURL(/connections#/)
  await other.close()
  await page.getByLabel('Description').fill('mine')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page.getByText(/saved elsewhere.*description changed/)).toBeInViewport()
  await inspect(page, 'form-conflict')
  await page.getByRole('button', { name: 'Keep my edits' }).click()
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/connections#pages-conflict/)
})

test('what was saved is brought into view and marked, and the toast offers what comes next', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Pages saved' })
  await openForm(page, id)
  await page.getByLabel('Description').fill('Saved once more')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  const link = page.getByRole('link', { name: 'Pages saved', exact: true })
  await expect(link).toBeFocused()
  await expect(link).toBeInViewport()
  await expect(page.locator('tr[data-arrived]')).toContainText('Pages saved')
  await expect(page.getByRole('alert').getByRole('link', { name: 'Open tables' })).toBeVisible()
  await page.getByRole('alert').getByRole('button', { name: 'Test' }).click()
  await expect(page.getByText('Pages saved passed')).toBeVisible({ timeout: 20_000 })
  await inspect(page, 'connections-saved')
})

test('Back and the palette ask before edits are dropped, and Back works once they are gone', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Pages guard' })
  await page.goto('/workspace/data-sources')
  await openForm(page, id)
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await page.getByLabel('Description').click()
  await page.keyboard.type('Half done')
  await page.evaluate(() => window.history.back())
  await expect(question).toBeVisible()
  await question.getByRole('button', { name: 'Keep editing' }).click()
  await expect(page.getByLabel('Description')).toHaveValue('Half done')

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a connection' }).fill('settings')
  await page.getByRole('option', { name: 'Settings' }).click()
  await expect(question).toBeVisible()
  await question.getByRole('button', { name: 'Keep editing' }).click()

  await page.evaluate(() => window.history.back())
  await question.getByRole('button', { name: 'Discard edits' }).click()
  await expect(page).toHaveURL(/\/workspace\/data-sources$/)
})

test('settings, API keys, credentials, the reference and the missing page stand as they should', async ({ page }) => {
  await page.goto('/workspace/settings')
  await expect(page.getByRole('heading', { name: 'Encryption key' })).toBeVisible()
  await inspect(page, 'settings')

  await page.goto('/workspace/api-keys?new')
  await inspect(page, 'api-keys-new')
  await page.getByRole('dialog').getByLabel('Name').fill('Nightly import')
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
  await expect(page.getByTestId('api-key')).toContainText(/^jf_/)
  await inspect(page, 'api-keys-once')
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'Nightly import' })).toContainText(/in \d+ (days|months)/)
  await inspect(page, 'api-keys')

  await page.goto('/workspace/credentials/new')
  await inspect(page, 'credential-new')
  await page.goto('/workspace/credentials')
  await inspect(page, 'credentials')
  await page.getByRole('table').getByRole('link').first().click()
  await expect(page).toHaveURL(/credentials\/cred_/)
  await inspect(page, 'credential')

  await page.goto('/docs/api')
  await expect(page.getByRole('heading', { name: 'Jackfield API' })).toBeVisible()
  await inspect(page, 'docs')
  await page.goto('/workspace/nothing-here')
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  await inspect(page, 'not-found')
})

test('a narrow screen has the same pages', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const [name, href] of [
    ['catalog', '/workspace/connections/new?role=source'],
    ['form', '/workspace/connections/new/postgres?role=source'],
    ['connections', '/workspace/connections'],
    ['data-sources', '/workspace/data-sources'],
    ['settings', '/workspace/settings'],
  ] as const) {
    await page.goto(run.url() + href)
    await inspect(page, `narrow-${name}`)
  }
})

/** Opens the form and waits until it listens: what is typed before that is not the form's yet. */
const openForm = async (page: Page, id: string): Promise<void> => {
  await page.goto(`/workspace/connections/${id}/edit`)
  await expect(page.getByRole('button', { name: 'Save Connection' })).toBeEnabled()
}
