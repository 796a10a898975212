import type { Page } from '@playwright/test'
import pg from 'pg'
import { databaseUrl } from '../fixtures/database.ts'
import { run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })
const ask = (page: Page, key: string) =>
  page.request.get('/api/connections', { headers: { authorization: `Bearer ${key}`, cookie: '' } })
let key = ''

test('a key is made with chosen scopes and addresses, shown once, and works', async ({ page }) => {
  await page.goto('/workspace/api-keys')
  await page.getByRole('button', { name: 'New API key' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Journey key')
  await dialog.getByRole('button', { name: 'None' }).click()
  await expect(dialog.getByRole('button', { name: 'Create key' })).toBeDisabled()
  await dialog.getByRole('button', { name: 'Read only' }).click()
  await expect(dialog.getByRole('checkbox', { name: 'See connections' })).toBeChecked()
  await expect(dialog.getByRole('checkbox', { name: 'Add and change connections' })).not.toBeChecked()
  await dialog.getByLabel('Works from').fill('127.0.0.1 somewhere')
  await dialog.getByRole('button', { name: 'Create key' }).click()
  await expect(dialog.getByText('Use an address or a range such as 10.0.0.0/8.')).toBeVisible()
  await inspect(page, 'api-keys-range')
  await dialog.getByLabel('Works from').fill('127.0.0.1, ::1')
  await dialog.getByRole('button', { name: 'Create key' }).click()
  key = (await page.getByTestId('api-key').textContent()) ?? ''
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('api-key')).toBeVisible()
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(row(page, 'Journey key')).toContainText('127.0.0.1 and 1 more')
  expect(await page.content()).not.toContain(key)
  expect((await ask(page, key)).status()).toBe(200)
})

test('a revoked key is refused from the next request on, after a question that can be declined', async ({ page }) => {
  await page.goto('/workspace/api-keys')
  await page.getByRole('button', { name: 'Revoke Journey key' }).click()
  await inspect(page, 'api-keys-revoke')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  expect((await ask(page, key)).status()).toBe(200)
  await page.getByRole('button', { name: 'Revoke Journey key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke key' }).click()
  await expect(row(page, 'Journey key')).toContainText('Revoked')
  await expect(page.getByRole('button', { name: 'Revoke Journey key' })).toBeHidden()
  expect((await ask(page, key)).status()).toBe(401)
})

test('an expired key says so and cannot be revoked any more', async ({ page }) => {
  await page.goto('/workspace/api-keys?new')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Past its day')
  await dialog.getByRole('button', { name: 'Create key' }).click()
  const expired = (await page.getByTestId('api-key').textContent()) ?? ''
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(row(page, 'Past its day')).toContainText('Active')
  const client = new pg.Client({ connectionString: databaseUrl(run.home()) })
  await client.connect()
  await client.query(`update api_keys set expires_at = now() - interval '1 day' where name = 'Past its day'`)
  await client.end()
  await page.reload()
  await expect(row(page, 'Past its day')).toContainText('Expired')
  await expect(page.getByRole('button', { name: 'Revoke Past its day' })).toBeHidden()
  expect((await ask(page, expired)).status()).toBe(401)
  await inspect(page, 'api-keys-states')
})

test('a narrow screen shows the keys and the dialog without scrolling sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/workspace/api-keys')
  await inspect(page, 'narrow-api-keys')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: 'New API key' }).click()
  await inspect(page, 'narrow-api-keys-new')
})

test('a key for pipelines has a reach, and receives secrets only within it', async ({ page }) => {
  await page.goto('/workspace/api-keys?new')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Pipelines of dev')
  await dialog.getByRole('button', { name: 'For pipelines' }).click()
  await dialog.getByRole('button', { name: 'Create key' }).click()
  await expect(dialog.getByText('Choose the environments, or the connections', { exact: false })).toBeVisible()
  await inspect(page, 'api-keys-reach')
  await dialog.getByLabel('Development').check()
  await dialog.getByRole('button', { name: 'Create key' }).click()
  const made = (await page.getByTestId('api-key').textContent()) ?? ''
  await page.getByRole('button', { name: 'I have stored it' }).click()
  await expect(row(page, 'Pipelines of dev')).toContainText('dev')
  const answer = await page.request.post('/api/connections/nothing/resolve', {
    headers: { authorization: `Bearer ${made}`, cookie: '' },
    data: {},
  })
  expect(answer.status()).toBe(404)
})
