import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { type Product, startProduct } from '../fixtures/product.ts'
import { owner, passwordLabel } from '../fixtures/run.ts'
import { expect, inspect, test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial', timeout: 240_000 })

const home = mkdtempSync(path.join(tmpdir(), 'jackfield-e2e-keys-'))
let product: Product | undefined
let page: Page

test.beforeAll(async ({ browser }) => {
  product = await startProduct({ JACKFIELD_HOME: home })
  page = await (await browser.newContext()).newPage()
  await page.goto(product.setupLink ?? '')
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(passwordLabel).fill(owner.password)
  await page.getByRole('button', { name: 'Create the owner account' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections/)
})

test.afterAll(async () => {
  await page.context().close()
  await product?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('a key is added, promoted, given all secrets and the old one retired, each after a question', async () => {
  await storeSecrets(page, 6)
  await openSettings()
  await expect(keys()).toHaveCount(1)
  await expect(keys().first()).toContainText('Seals and opens')
  const old = (await keys().first().locator('code').textContent()) ?? ''
  await inspect(page, 'keys-one')

  await page.getByRole('button', { name: 'Add key' }).click()
  await inspect(page, 'keys-add')
  await answer('Add key')
  await expect(page.getByText('Back the keys up now, apart from the database.')).toBeVisible()
  await expect(keys()).toHaveCount(2)
  const added = keys().filter({ hasText: 'Opens only' })
  await expect(added).toContainText('Nothing needs it')

  await added.getByRole('button', { name: 'Promote' }).click()
  await answer('Promote key')
  const before = keys().filter({ hasText: old })
  await expect(before).toContainText('Opens only')
  await expect(before.getByRole('button', { name: 'Retire' })).toBeDisabled()
  await inspect(page, 'keys-promoted')

  await page.getByRole('button', { name: 'Move secrets to the primary key' }).click()
  await answer('Move secrets')
  await expect(page.getByText(/\d+ secrets moved to the primary key/)).toBeVisible({ timeout: 60_000 })
  await expect(before).toContainText('Nothing needs it')

  await before.getByRole('button', { name: 'Retire' }).click()
  await answer('Retire key')
  await expect(before).toContainText('Retired')
  await inspect(page, 'keys-retired')
})

test('checking all secrets says that they open', async () => {
  await openSettings()
  await page.getByRole('button', { name: 'Check all secrets' }).click()
  await expect(page.getByText(/^All \d+ secrets open\.$/)).toBeVisible()
  await inspect(page, 'keys-checked')
})

const keys = () => page.getByRole('region', { name: 'Rotation of keys' }).getByRole('listitem')

const openSettings = async (): Promise<void> => {
  await page.goto(`${product?.url}/workspace/settings`)
  await expect(page.getByRole('heading', { name: 'Rotation of keys' })).toBeVisible()
}

const answer = async (button: string): Promise<void> => {
  await page.getByRole('dialog').getByRole('button', { name: button }).click()
  await expect(page.getByRole('dialog')).toBeHidden()
}

const storeSecrets = (on: Page, count: number) =>
  on.evaluate(async (upTo) => {
    for (let n = 1; n <= upTo; n += 1) {
      const config = { username: 'etl', password: `one of many ${n}` }
      const body = JSON.stringify({ name: `Secret ${n}`, type: 'database', kind: 'database.password', config })
      await fetch('/api/credentials', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    }
  }, count)
