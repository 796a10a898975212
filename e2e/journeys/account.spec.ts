import type { Page } from '@playwright/test'
import { Client } from 'pg'
import { databaseUrl } from '../fixtures/database.ts'
import { owner, passwordLabel, run } from '../fixtures/run.ts'
import { expect, inspect, test } from '../fixtures/test.ts'

const changed = 'eleven very calm herons'

/** All sign-ins were an hour ago. */
const ageSessions = async (): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl(run.home()) })
  await client.connect()
  await client.query(`update sessions set authenticated_at = now() - interval '1 hour'`).finally(() => client.end())
}

test('an account is linked, signs in, confirms in a window of its own, and is unlinked; passwords change, sessions end', async ({
  browser,
  page,
}) => {
  // Two browsers and a provider: the longest journey of all.
  test.slow()
  await page.goto('/login')
  await page.getByRole('button', { name: 'Sign in with Example ID' }).click()
  await expect(page.getByText(/Nobody has invited this account yet/)).toBeVisible()
  await inspect(page, 'login-provider')

  await signIn(page, owner.password)
  await page.getByRole('button', { name: new RegExp(owner.name) }).click()
  await page.getByRole('menuitem', { name: 'Your account' }).click()
  // Not the outline, which comes first.
  await expect(page.getByRole('heading', { name: 'Sessions' })).toBeVisible()
  await expect(page).toHaveTitle(/Your account/)
  await inspect(page, 'account')

  await page.getByRole('button', { name: 'Link an account of Example ID' }).click()
  await expect(page.getByRole('table', { name: 'Linked accounts' })).toContainText('ada@id.example.com')

  // In another browser, where nobody typed a password.
  const context = await browser.newContext({ baseURL: run.url(), viewport: { width: 1440, height: 900 } })
  const other = await context.newPage()
  await other.goto('/login?callbackUrl=/workspace/account')
  await other.getByRole('button', { name: 'Sign in with Example ID' }).click()
  await expect(other).toHaveURL(/\/workspace\/account$/)
  await page.reload()
  await expect(page.getByRole('table', { name: 'Sessions' }).getByRole('row')).not.toHaveCount(2)
  await inspect(page, 'account-linked')

  await ageSessions()
  await other.getByRole('button', { name: 'Unlink' }).click()
  await other.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click()
  const again = other.getByRole('button', { name: 'Sign in again with Example ID' })
  await expect(again).toBeVisible()
  await inspect(other, 'confirm-provider')
  await again.click()
  await expect(other.getByText('None yet')).toBeVisible({ timeout: 20_000 })

  // Unlinking has ended the session of the first browser.
  await page.reload()
  await expect(page).toHaveURL(/\/login/)
  await signIn(page, owner.password)
  await page.goto('/workspace/account')
  await expect(page).toHaveTitle(/Your account/)
  await page.getByLabel('Current password').fill('wrong')
  await page.getByLabel('New password').fill(changed)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText('That is not your password.')).toBeVisible()
  await inspect(page, 'account-wrong-password')
  await page.getByLabel('Current password').fill(owner.password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText(/Your password is changed/)).toBeVisible()
  await expect(page.getByText('You are signed in nowhere else.')).toBeVisible()
  await other.reload()
  await expect(other).toHaveURL(/\/login/)

  await signIn(other, changed)
  await page.reload()
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click()
  await expect(page.getByText('You are signed in nowhere else.')).toBeVisible()
  await page.setViewportSize({ width: 390, height: 844 })
  await inspect(page, 'narrow-account')

  // The journeys after this one are signed in with a session of their own, and with the password they know.
  await page.getByLabel('Current password').fill(changed)
  await page.getByLabel('New password').fill(owner.password)
  await page.getByRole('button', { name: 'Change password' }).click()
  await expect(page.getByText(/Your password is changed/)).toBeVisible()
  await page.context().storageState({ path: run.statePath() })
  await context.close()
})

const signIn = async (page: Page, password: string): Promise<void> => {
  if (!page.url().includes('/login')) await page.goto('/login')
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(passwordLabel).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/workspace\//)
}
