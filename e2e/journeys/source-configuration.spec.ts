import { createConnection } from '../fixtures/connections.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test('a source is refreshed by hand, and its configuration changed with what is wrong said at its field', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Configured orders' })
  await page.goto(`/workspace/data-sources/${id}`)
  await page.getByRole('navigation', { name: 'Data source' }).getByRole('link', { name: 'Configuration' }).click()
  await expect(page.getByRole('form', { name: 'Source configuration' })).toBeVisible()
  await page.getByRole('button', { name: 'Refresh now' }).click()
  const rows = page.getByRole('table', { name: 'Last refreshes' }).getByRole('row')
  await expect(rows.filter({ hasText: /Done/ }).first()).toBeVisible({ timeout: 30_000 })
  await inspect(page, 'source-configuration')

  await page.getByLabel('Read the schema again').selectOption('cron')
  await page.getByRole('textbox', { name: 'Schedule' }).fill('every morning')
  await page.getByRole('button', { name: 'Save configuration' }).click()
  await expect(page.getByText('Write five fields such as')).toBeVisible()
  await page.getByRole('textbox', { name: 'Schedule' }).fill('0 6 * * 1-5')
  await page.getByLabel('Leave out').fill('*.tmp_*')
  await inspect(page, 'source-configuration-cron')
  await page.getByRole('button', { name: 'Save configuration' }).click()
  await expect(page.getByText('Configuration saved')).toBeVisible()
  await page.reload()
  await expect(page.getByRole('textbox', { name: 'Schedule' })).toHaveValue('0 6 * * 1-5')
  await expect(page.getByLabel('Leave out')).toHaveValue('*.tmp_*')

  await page.getByLabel('Remember changes for').fill('7')
  await page.getByRole('link', { name: 'Tables' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Keep editing' }).click()
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect(page.getByLabel('Remember changes for')).toHaveValue('90')
})
