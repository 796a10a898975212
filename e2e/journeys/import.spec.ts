import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const file = `imported_shop:
  conn_type: postgres
  host: shop.example.com
  login: etl
  password: from-the-file-1
  schema: shop
imported_old:
  conn_type: teradata
  host: old.example.com
`
const dbeaver = JSON.stringify({
  connections: {
    one: {
      provider: 'postgresql',
      driver: 'postgres-jdbc',
      name: 'Imported ledger',
      configuration: { host: 'ledger.example.com', port: '5432', database: 'ledger', user: 'reader', type: 'prod' },
    },
  },
})

test('a file shows what it would do, makes what is chosen, and changes nothing the second time', async ({ page }) => {
  await page.goto('/workspace/connections')
  await page.getByRole('link', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'Import connections' })).toBeVisible()
  await inspect(page, 'import-file')
  await page.getByLabel('Text of the file').fill('nothing that any program wrote')
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await expect(page.getByText('no file that can be read here', { exact: false })).toBeVisible()

  await page.getByLabel('Text of the file').fill(file)
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  const shop = page.getByRole('row').filter({ hasText: 'imported-shop' })
  await expect(shop).toContainText('New')
  await expect(page.getByRole('row').filter({ hasText: 'imported_old' })).toContainText(
    'No connector here is for “teradata”.',
  )
  expect(await page.content()).not.toContain('from-the-file-1')
  await inspect(page, 'import-plan')
  await page.getByRole('button', { name: 'Import 1 connection' }).click()
  await expect(shop).toContainText('Made')
  await expect(page.getByRole('status')).toContainText('1 made')
  await inspect(page, 'import-done')

  await page.getByRole('button', { name: 'Another file' }).click()
  await page.getByLabel('Text of the file').fill(file)
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await expect(shop).toContainText('As it is')
  await expect(page.getByRole('button', { name: 'Import 0 connections' })).toBeDisabled()
})

test('what the file does not hold is asked for, and may be left for later', async ({ page }) => {
  await page.goto('/workspace/connections/import')
  await page
    .getByLabel('Choose a file')
    .or(page.locator('input[type=file]'))
    .first()
    .setInputFiles({
      name: 'data-sources.json',
      mimeType: 'application/json',
      buffer: Buffer.from(dbeaver),
    })
  await page.getByRole('button', { name: 'Show what it would do' }).click()
  await page.getByLabel('Password of imported-ledger').fill('typed-beside-it')
  await page.getByRole('button', { name: 'Import 1 connection' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'imported-ledger' })).toContainText('Made')
  await page.getByRole('link', { name: 'Show the connections' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'imported-ledger' })).toContainText('prod')
})
