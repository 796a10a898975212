import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const secret = 'the otter hums at noon'
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })
const save = (page: Page) => page.getByRole('button', { name: 'Save credential' })

test('a login is made from the cards: what is missing is said at its field, and nothing typed is lost', async ({
  page,
}) => {
  await page.goto('/workspace/credentials/new')
  await inspect(page, 'credential-types')
  await page.getByRole('link', { name: /Database login/ }).click()
  await expect(save(page)).toBeEnabled()
  await save(page).click()
  await expect(page.getByLabel('Name', { exact: false }).first()).toHaveAttribute('aria-invalid', 'true')
  await inspect(page, 'credential-errors')
  await page.getByRole('textbox', { name: /^Name/ }).fill('Night shift')
  await page.getByRole('textbox', { name: /^Username/ }).fill('etl_night')
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(secret)
  await page.getByText('Where it belongs').click()
  await page.getByRole('textbox', { name: 'Port' }).fill('99999')
  await page.getByRole('textbox', { name: 'Owner team' }).fill('Data platform')
  await page.getByRole('textbox', { name: 'Rotate every (days)' }).fill('90')
  await save(page).click()
  await expect(page.getByRole('textbox', { name: 'Port' })).toBeFocused()
  await expect(page.getByRole('textbox', { name: 'Password', exact: true })).toHaveValue(secret)
  await page.getByRole('textbox', { name: 'Port' }).fill('5432')
  await inspect(page, 'credential-form')
  await save(page).click()
  await expect(page).toHaveURL(/\/workspace\/credentials\/cred_/)
  await expect(page.getByRole('region', { name: 'Secret' })).toContainText('Set')
  expect(await page.content()).not.toContain(secret)
  await inspect(page, 'credential-detail')
})

test('a type with several kinds asks which, and several named secrets can be typed', async ({ page }) => {
  await page.goto('/workspace/credentials/new?type=api_key')
  await inspect(page, 'credential-kinds')
  await page.getByRole('link', { name: /Several parts/ }).click()
  await expect(save(page)).toBeEnabled()
  await page.getByRole('textbox', { name: /^Name/ }).fill('Metrics service')
  await page.getByRole('textbox', { name: 'Headers: name 1' }).fill('X-Api-Key')
  await page.getByRole('textbox', { name: 'Headers: value 1' }).fill(secret)
  await page.getByRole('button', { name: 'Add to headers' }).click()
  await page.getByRole('textbox', { name: 'Headers: name 2' }).fill('X-App')
  await page.getByRole('textbox', { name: 'Headers: value 2' }).fill('second')
  await inspect(page, 'credential-parts')
  await save(page).click()
  await expect(page).toHaveURL(/\/workspace\/credentials\/cred_/)
  await expect(page.getByRole('region', { name: 'Secret' })).toContainText('Headers')
})

test('the list is searched, filtered by its address and walked with the keyboard', async ({ page }) => {
  await page.goto('/workspace/credentials?type=database')
  await expect(row(page, 'Night shift')).toBeVisible()
  await expect(row(page, 'Metrics service')).toBeHidden()
  await inspect(page, 'credentials-list')
  await page.getByRole('searchbox', { name: 'Search credentials' }).fill('night')
  await expect(page).toHaveURL(/q=night/)
  await page.getByRole('link', { name: 'Clear' }).click()
  await expect(row(page, 'Metrics service')).toBeVisible()
  await page.getByRole('button', { name: 'Environment' }).click()
  await page.getByRole('menuitem', { name: 'Production' }).click()
  await expect(page).toHaveURL(/environment=prod/)
  await page.goto('/workspace/credentials?q=no+such+thing')
  await expect(page.getByRole('heading', { name: 'No credential fits these filters' })).toBeVisible()
  await inspect(page, 'credentials-none')
  await page.goto('/workspace/credentials?q=night')
  await page.getByRole('heading', { name: 'Credentials' }).click()
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: 'Night shift' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/workspace\/credentials\/cred_/)
})

test('an edit keeps the stored secret, a replacement makes a new version, and unsaved edits are guarded', async ({
  page,
}) => {
  await open(page, 'Night shift')
  await page.getByRole('link', { name: 'Edit' }).click()
  await expect(save(page)).toBeEnabled()
  await expect(page.getByRole('group', { name: 'Password' })).toContainText('Set')
  await inspect(page, 'credential-edit')
  await page.getByRole('textbox', { name: 'System' }).fill('Orders')
  await page.getByRole('link', { name: 'Credentials', exact: true }).first().click()
  await expect(page.getByRole('dialog', { name: 'Leave without saving?' })).toBeVisible()
  await page.getByRole('button', { name: 'Keep editing' }).click()
  await save(page).click()
  await expect(page).toHaveURL(/\/cred_[^/]+$/)
  await expect(page.getByRole('region', { name: 'Details' })).toContainText('Orders')
  await expect(page.getByRole('table', { name: 'Versions' }).getByRole('row')).toHaveCount(2)

  await page.getByRole('link', { name: 'Replace secret' }).click()
  await expect(save(page)).toBeEnabled()
  await save(page).click()
  await expect(page.getByText('Type the new value, or keep the stored one.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill('another tune')
  await inspect(page, 'credential-replace')
  await save(page).click()
  await expect(page).toHaveURL(/\/cred_[^/]+$/)
  await expect(page.getByRole('table', { name: 'Versions' }).getByRole('row')).toHaveCount(3)
})

test('a credential is disabled, deleted, brought back by undo and from the bin, and destroyed', async ({ page }) => {
  await open(page, 'Night shift')
  await page.getByRole('button', { name: 'Disable' }).click()
  await expect(page.getByText(/^Disabled\. Every connection/)).toBeVisible()
  await inspect(page, 'credential-disabled')
  await page.getByRole('button', { name: 'Enable' }).click()
  await expect(page.getByText(/^Disabled\. Every connection/)).toBeHidden()

  const remove = async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await page.getByRole('button', { name: 'Delete credential' }).click()
    await expect(page).toHaveURL(/\/workspace\/credentials$/)
    await expect(row(page, 'Night shift')).toBeHidden()
  }
  await remove()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Night shift')).toBeVisible()
  await open(page, 'Night shift')
  await remove()
  await page.getByRole('link', { name: 'Deleted' }).click()
  await inspect(page, 'credentials-deleted')
  await page.getByRole('link', { name: 'Night shift' }).click()
  await page.getByRole('button', { name: 'Restore' }).click()
  await expect(page.getByRole('link', { name: 'Edit' })).toBeVisible()
  await remove()

  await page.goto('/workspace/credentials?status=deleted')
  await page.getByRole('link', { name: 'Night shift' }).click()
  await page.getByRole('button', { name: 'Delete permanently' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('button', { name: 'Delete permanently' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: /^Type/ }).fill('Night shift')
  await inspect(page, 'credential-purge')
  await dialog.getByRole('button', { name: 'Delete permanently' }).click()
  await expect(page).toHaveURL(/status=deleted/)
  await expect(page.getByRole('link', { name: 'Night shift' })).toBeHidden()
})

test('what is in use says by whom before it is deleted, and the review lists it beside what nothing uses', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  await createConnection(page, { name: 'Review orders', environment: 'prod' })
  await page.goto('/workspace/credentials?q=review')
  await page.getByRole('table').getByRole('link').first().click()
  await expect(page.getByRole('table', { name: 'Connections that use it' })).toContainText('Review orders')
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('1 connection uses it')
  await expect(dialog.getByRole('link', { name: 'Review orders' })).toBeVisible()
  await expect(dialog.getByRole('button', { name: 'Delete anyway' })).toBeDisabled()
  await inspect(page, 'credential-in-use')
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.goto('/workspace/credentials/review')
  await expect(row(page, 'Review orders').first()).toBeVisible()
  await expect(row(page, 'Metrics service')).toContainText('Not used')
  await inspect(page, 'credentials-review')
})

test('a narrow screen has the same pages, and none of them scrolls sideways', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  for (const [name, href] of [
    ['types', '/workspace/credentials/new'],
    ['form', '/workspace/credentials/new?type=database'],
    ['list', '/workspace/credentials'],
    ['review', '/workspace/credentials/review'],
  ] as const) {
    await page.goto(href)
    await inspect(page, `narrow-credentials-${name}`)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  }
})

const open = async (page: Page, name: string): Promise<void> => {
  await page.goto(`/workspace/credentials?q=${encodeURIComponent(name)}`)
  await page.getByRole('link', { name, exact: true }).click()
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible()
}
