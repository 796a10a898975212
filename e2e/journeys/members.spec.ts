import type { Browser, Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { owner, passwordLabel, run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const bea = { name: 'Bea', email: 'bea@example.com', password: 'nine slow herons wade' }
let link = ''
/** Where the credential of the connection is kept, once it is known. */
let credentialPage = ''
let connectionId = ''

const asNobody = async (browser: Browser): Promise<Page> => {
  const context = await browser.newContext({ baseURL: run.url(), storageState: { cookies: [], origins: [] } })
  return context.newPage()
}

const signIn = async (page: Page): Promise<void> => {
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(bea.email)
  await page.getByLabel(passwordLabel).fill(bea.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

const signedInBea = async (browser: Browser): Promise<Page> => {
  const page = await asNobody(browser)
  await signIn(page)
  await expect(page).toHaveURL(/\/workspace\/connections/)
  return page
}

const expectGone = async (page: Page, url: string): Promise<void> => {
  await page.goto(url)
  await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible()
  expect(await page.content()).not.toContain('Payroll')
}
const row = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name })

test('a link invites one person once, who chooses a password and joins', async ({ page, browser }) => {
  await page.goto('/workspace/members')
  await page.getByRole('button', { name: 'Invite' }).click()
  await page.getByLabel('E-mail').fill(bea.email)
  await page.getByLabel('Role', { exact: true }).selectOption('viewer')
  await inspect(page, 'members-invite')
  await page.getByRole('button', { name: 'Make the link' }).click()
  link = (await page.getByTestId('invite-link').textContent()) ?? ''
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(row(page, bea.email)).toBeVisible()

  const guest = await asNobody(browser)
  await guest.goto(link)
  await expect(guest).not.toHaveURL(/#/)
  await guest.getByLabel('Your name').fill(bea.name)
  await guest.getByLabel(passwordLabel).fill(bea.password)
  await inspect(guest, 'members-join')
  await guest.getByRole('button', { name: 'Join the workspace' }).click()
  await expect(guest).toHaveURL(/\/workspace\/connections/)
  await guest.goto('about:blank')
  await guest.goto(link)
  await expect(guest.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible()
  await guest.context().close()
})

test('a change of role ends the sessions of that person, who signs in with the new one', async ({ page, browser }) => {
  const guest = await signedInBea(browser)
  await page.goto('/workspace/members')
  await page.getByLabel(`Role of ${bea.name}`).selectOption('builder')
  await expect(page.getByText(`${bea.name} is builder now`)).toBeVisible()
  await inspect(page, 'members')
  await guest.goto('/workspace/connections')
  await expect(guest).toHaveURL(/\/login/)
  await signIn(guest)
  await expect(guest.getByRole('link', { name: 'Credentials' })).toBeVisible()
  await guest.context().close()
})

test('a restricted credential is gone for others, and there again for whom it was given to', async ({
  page,
  browser,
}) => {
  await page.goto('/workspace/connections')
  connectionId = await createConnection(page, { name: 'Payroll' })
  await page.goto('/workspace/credentials?q=payroll')
  await page.getByRole('link', { name: 'Payroll' }).click()
  await expect(page.getByRole('heading', { name: 'Access' })).toBeVisible()
  credentialPage = page.url()
  await page.getByRole('switch', { name: /^Restrict this credential/ }).click()
  await expect(page.getByRole('switch', { name: /^Restrict this credential/ })).toBeChecked()
  await expect(page.getByText('Restricted', { exact: true }).first()).toBeVisible()
  await expect(page.getByText('Nobody was given access of their own.')).toBeVisible()
  await inspect(page, 'access-restricted')

  const guest = await signedInBea(browser)
  await expectGone(guest, credentialPage)
  await guest.goto('/workspace/credentials')
  await expect(row(guest, 'Payroll')).toBeHidden()

  await page.getByLabel('Member', { exact: true }).selectOption({ label: `${bea.name} · ${bea.email}` })
  await page.getByLabel('May', { exact: true }).selectOption('attach')
  await page.getByRole('button', { name: 'Give access' }).click()
  await expect(page.getByRole('table', { name: 'Who was given access' })).toContainText(bea.name)
  await page.getByRole('heading', { name: 'Access' }).scrollIntoViewIfNeeded()
  await inspect(page, 'access-given')
  await guest.goto(credentialPage)
  await expect(guest.getByText('You were given: attach it.')).toBeVisible()
  await inspect(guest, 'access-seen')

  await page.getByRole('button', { name: `Take back the access of ${bea.name}` }).click()
  await expect(page.getByText('Nobody was given access of their own.')).toBeVisible()
  await expectGone(guest, credentialPage)
  await guest.context().close()
})

test('a grant on a connection lets a viewer test it', async ({ page, browser }) => {
  await page.goto('/workspace/members')
  await page.getByLabel(`Role of ${bea.name}`).selectOption('viewer')
  await expect(page.getByText(`${bea.name} is viewer now`)).toBeVisible()
  await page.goto(`/workspace/connections/${connectionId}/edit`)
  await page.getByRole('link', { name: 'Access' }).click()
  await expect(page.getByRole('heading', { name: 'Access' })).toBeVisible()
  const guest = await signedInBea(browser)
  const menu = async () => {
    await guest.goto('/workspace/connections?q=payroll')
    await row(guest, 'Payroll').click({ button: 'right' })
    await expect(guest.getByRole('menuitem').first()).toBeVisible()
    return guest.getByRole('menuitem', { name: 'Test Connection' })
  }
  await expect(await menu()).toBeHidden()
  await page.getByLabel('Member', { exact: true }).selectOption({ label: `${bea.name} · ${bea.email}` })
  await page.getByRole('button', { name: 'Give access' }).click()
  await expect(page.getByRole('table', { name: 'Who was given access' })).toContainText(bea.name)
  await inspect(page, 'access-connection')
  await expect(await menu()).toBeVisible()
  await guest.context().close()
})

test('the settings take another name, and the organization fewer types of credentials', async ({ page }) => {
  await page.goto('/workspace/settings')
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme data platform')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByRole('complementary').getByText('Acme data platform')).toBeVisible()
  await page.getByRole('checkbox', { name: /OAuth/ }).uncheck()
  await page.getByRole('button', { name: 'Save types' }).click()
  await expect(page.getByText('Credential types saved')).toBeVisible()
  await inspect(page, 'settings-workspace')
  await page.goto('/workspace/credentials/new')
  await expect(page.getByRole('link', { name: /Database login/ })).toBeVisible()
  await expect(page.getByRole('link', { name: /OAuth/ })).toBeHidden()
  await page.goto('/workspace/settings')
  await page.getByRole('checkbox', { name: /OAuth/ }).check()
  await page.getByRole('button', { name: 'Save types' }).click()
  await expect(page.getByText('Credential types saved')).toBeVisible()
  await page.getByRole('textbox', { name: 'Name' }).fill('Acme data')
  await page.getByRole('button', { name: 'Save settings' }).click()
  await expect(page.getByRole('complementary').getByText('Acme data', { exact: true })).toBeVisible()
})

test('who leaves is shown with what they reach, and cannot come back', async ({ page, browser }) => {
  const guest = await signedInBea(browser)
  await page.goto('/workspace/members')
  await page.getByRole('button', { name: `Remove … ${bea.name}` }).click()
  await expect(page.getByText(/This ends at once: \d+ session/)).toBeVisible()
  await inspect(page, 'members-leaver')
  await page.getByRole('button', { name: 'Remove from workspace' }).click()
  await expect(page.getByRole('dialog', { name: `${bea.name} has left` })).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).last().click()
  await expect(row(page, bea.email)).toBeHidden()
  await guest.goto('/workspace/connections')
  await expect(guest).toHaveURL(/\/login/)
  await signIn(guest)
  await expect(guest.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible()
  await expect(row(page, owner.name)).toBeVisible()
  await guest.context().close()
})
