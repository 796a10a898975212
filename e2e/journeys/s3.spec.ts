import type { Page } from '@playwright/test'
import { AwsClient } from 'aws4fetch'
import { hasRadosgw, type Radosgw, startRadosgw } from '../../lib/connectors/s3/testing/radosgw.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })
test.skip(!hasRadosgw, 'There is no Ceph gateway here.')

const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: 'Lake' })
const testIt = (page: Page) => page.getByRole('button', { name: 'Test Connection' }).click()

let store: Radosgw

test.beforeAll(async () => {
  test.setTimeout(120_000)
  store = await startRadosgw()
  const client = new AwsClient({ ...store.app, service: 's3', region: 'us-east-1' })
  const put = async (path: string, body?: string) => {
    const answer = await client.fetch(`http://127.0.0.1:${store.plainPort}/${path}`, {
      method: 'PUT',
      ...(body && { body }),
    })
    expect(answer.ok).toBe(true)
  }
  await put('lake')
  await put('lake/daily/orders.csv', 'id,total\n1,10.5\n2,7\n')
  await put('lake/events.ndjson', '{"kind":"sold","at":"2026-01-01"}\n')
})
test.afterAll(() => store?.stop())

test('a store is tried with a wrong secret, mended, and saved', async ({ page }) => {
  await page.goto('/workspace/connections/new/s3?role=source')
  await page.getByLabel('Connection name').fill('Lake')
  await page.getByRole('textbox', { name: 'Bucket', exact: true }).fill('lake')
  await page.getByRole('textbox', { name: 'Endpoint' }).fill(`http://127.0.0.1:${store.plainPort}`)
  await page.getByRole('textbox', { name: 'Access key id' }).fill(store.app.accessKeyId)
  await page
    .getByLabel(/^Secret access key/)
    .first()
    .fill('wrong secret')
  await testIt(page)
  await expect(board(page)).toContainText('does not belong to the access key', { timeout: 20_000 })
  await inspect(page, 's3-wrong-secret')
  await page
    .getByLabel(/^Secret access key/)
    .first()
    .fill(store.app.secretAccessKey)
  await testIt(page)
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })
  await inspect(page, 's3-passed')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toBeVisible()
})

test('its objects are browsed and looked into', async ({ page }) => {
  await page.goto('/workspace/connections?q=lake')
  const id = await page.evaluate(async () => {
    const answer = await (await fetch('/api/connections?q=lake')).json()
    return String(answer.data[0].id)
  })
  await page.goto(`/workspace/data-sources/${id}`)
  const list = page.getByRole('listbox', { name: 'Files' })
  await list.getByRole('option').filter({ hasText: 'daily' }).click()
  await list.getByRole('option').filter({ hasText: 'orders.csv' }).click()
  const preview = page.getByRole('article', { name: 'orders.csv' })
  await expect(preview.getByRole('columnheader').filter({ hasText: 'total' })).toContainText('decimal')
  await inspect(page, 's3-preview')
})

test('it is edited without its secret being typed again, deleted, and restored', async ({ page }) => {
  await page.goto('/workspace/connections?q=lake')
  await row(page).getByRole('link', { name: 'Lake' }).click()
  await page.getByLabel('Description').fill('Everything that was ever sold')
  expect(await page.content()).not.toContain(store.app.secretAccessKey)
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await page.goto('/workspace/connections?q=lake')
  await page.getByRole('button', { name: 'Actions for Lake' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page)).toBeVisible()
})
