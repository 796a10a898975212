import { owner, passwordLabel, run } from '../fixtures/run.ts'
import { expect, inspect, test } from '../fixtures/test.ts'

test('the set-up link makes the owner once, and lands on a list with the sample source', async ({ page, context }) => {
  await page.goto('/')
  await expect(page).toHaveURL(/\/setup$/)
  await page.goto(run.setupLink())
  await inspect(page, 'setup')
  await page.getByLabel('Your name').fill(owner.name)
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(passwordLabel).fill('short')
  await expect(page.getByRole('button', { name: 'Create the owner account' })).toBeDisabled()
  await page.getByLabel(passwordLabel).fill(owner.password)
  await page.getByLabel('Workspace name').fill('Acme data')
  await page.getByRole('button', { name: 'Create the owner account' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections/)
  await expect(async () => {
    await page.reload()
    await expect(page.getByRole('link', { name: 'Sample shop' })).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 20_000 })
  await context.storageState({ path: run.statePath() })

  await context.clearCookies()
  const token = new URL(run.setupLink()).searchParams.get('token')
  const again = await page.request.post('/api/setup', { data: { token, ...owner, email: 'eve@example.com' } })
  expect(again.status()).toBe(410)
})

test('a wrong password and an unknown address get the same answer', async ({ page }) => {
  await page.goto('/workspace/settings?from=a+bookmark')
  await expect(page).toHaveURL(/\/login\?callbackUrl=/)
  const sentences: (string | null)[] = []
  for (const email of [owner.email, 'nobody@example.com']) {
    await page.getByLabel('E-mail').fill(email)
    await page.getByLabel(passwordLabel).fill('not the right one')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('alert').filter({ hasText: /\w/ })).toBeVisible()
    sentences.push(await page.getByRole('alert').filter({ hasText: /\w/ }).textContent())
    await page.reload()
  }
  expect(sentences[0]).toBe(sentences[1])
  await inspect(page, 'login')
  await page.getByLabel('E-mail').fill(owner.email)
  await page.getByLabel(passwordLabel).fill(owner.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/workspace\/settings\?from=a\+bookmark$/)
})
