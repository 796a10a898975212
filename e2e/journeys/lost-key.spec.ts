import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Product, startProduct } from '../fixtures/product.ts'
import { owner, passwordLabel } from '../fixtures/run.ts'
import { expect, inspect, test } from '../fixtures/test.ts'

const home = mkdtempSync(path.join(tmpdir(), 'jackfield-e2e-key-'))
let product: Product | undefined

test.afterAll(async () => {
  await product?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('a lost key is said on every page, and the list without the sample teaches how to start', async ({ page }) => {
  product = await startProduct({ JACKFIELD_HOME: home })
  await page.goto(product.setupLink ?? '')
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(passwordLabel).fill(owner.password)
  await page.getByLabel('Workspace name').fill('Acme data')
  await page.getByRole('button', { name: 'Create the owner account' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections/)
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('link', { name: 'Sample shop' })).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await product.stop()
  rmSync(path.join(home, 'keys/encryption.json'))

  product = await startProduct({ JACKFIELD_HOME: home })
  await page.goto(`${product.url}/workspace/connections`)
  await expect(page.getByRole('link', { name: 'See the keys' })).toBeVisible()
  await inspect(page, 'key-lost')
  await page.getByRole('link', { name: 'See the keys' }).click()
  await expect(page.getByRole('heading', { name: 'Locked credentials' })).toBeVisible()
  await inspect(page, 'key-lost-settings')

  await page.goto(`${product.url}/workspace/connections`)
  await page.getByRole('button', { name: 'Actions for Sample shop' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(page.getByRole('heading', { name: 'Connect your first system' })).toBeVisible()
  await page.reload()
  await inspect(page, 'connections-empty')
})
