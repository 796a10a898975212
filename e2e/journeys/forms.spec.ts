import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { owner, passwordLabel, run } from '../fixtures/run.ts'
import { endSession, signIn } from '../fixtures/session.ts'
import { expect, inspect, signedIn, test } from '../fixtures/test.ts'

const target = run.target()
const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })

const fill = async (page: Page, name: string, password: string) => {
  await page.getByLabel('Connection name').fill(name)
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill(target.host)
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(target.port))
  await page.getByLabel('Database').fill(target.database)
  await page.getByRole('combobox', { name: 'SSL mode' }).click()
  await page.getByRole('option', { name: /^disable/i }).click()
  await page.getByLabel('Username').fill(target.user)
  await page.getByLabel(passwordLabel).fill(password)
}

test('a session that ends under a half-written form costs nothing: sign in, and the test and the save go on', async ({
  page,
  browser,
}) => {
  await signIn(page, '/workspace/connections/new/postgres?role=source')
  await fill(page, 'Survivor', target.password)
  await endSession(page, browser)

  await page.getByRole('button', { name: 'Test Connection' }).click()
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog).toBeVisible()
  await inspect(page, 'form-session-ended')
  await dialog.getByLabel('Your password').fill('not the password')
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('do not go together')
  // Somebody else at the same keyboard does not go on with it.
  const asSomebodyElse = '**/api/workspace'
  await page.route(asSomebodyElse, (route) => route.fulfill({ json: { data: { user: { id: 'usr_other' } } } }))
  await dialog.getByLabel('Your password').fill(owner.password)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(dialog.getByRole('alert')).toContainText('signed in as somebody else')
  await page.unroute(asSomebodyElse)
  await dialog.getByLabel('Your password').fill(owner.password)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })
  await expect(page.getByLabel(passwordLabel)).toHaveValue(target.password)

  await endSession(page, browser)
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(dialog).toBeVisible()
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, location.href]))
  expect(kept).not.toContain(target.password)
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByLabel('Connection name')).toHaveValue('Survivor')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await dialog.getByLabel('Your password').fill(owner.password)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(page.getByRole('link', { name: 'Survivor', exact: true })).toBeVisible()
})

signedIn(
  'a connection whose test fails is saved with a warning, and the role stands in the address',
  async ({ page }) => {
    await page.goto('/workspace/connections/new/postgres?role=source')
    await page.getByRole('radio', { name: 'Destination' }).check({ force: true })
    await expect(page).toHaveURL(/role=destination/)
    await fill(page, 'Not yet', 'wrong')
    await page.getByRole('button', { name: 'Test Connection' }).click()
    await expect(page.getByText(/The test failed: .*password/i)).toBeVisible({ timeout: 20_000 })
    await inspect(page, 'form-save-anyway')
    await page.getByRole('button', { name: 'Save anyway' }).click()
    await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
    await expect(page.getByRole('link', { name: 'Not yet', exact: true })).toBeVisible()
  },
)

signedIn('a copy opens the form filled, with the stored credential and where it is sealed to', async ({ page }) => {
  await page.goto('/workspace/connections')
  await createConnection(page, { name: 'Template' })
  await page.goto('/workspace/connections?q=template')
  await page.getByRole('button', { name: 'Actions for Template' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(page).toHaveURL(/\/new\/postgres\?role=source&from=conn_/)
  await expect(page.getByLabel('Connection name')).toHaveValue('Template copy')
  await expect(page.getByText(/Sealed to postgresql:.* It is only ever sent there/)).toBeVisible()
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('elsewhere.example.com')
  await expect(page.getByText(/and this connection goes to postgresql:\/\/elsewhere/)).toBeVisible()
  await inspect(page, 'form-sealed-elsewhere')
  const picker = page.getByRole('combobox', { name: 'Credential' })
  await picker.click()
  await picker.fill('no such credential anywhere')
  // What nobody has found leaves the chosen one alone in the list.
  await expect(page.getByRole('option')).toHaveCount(1)
  await picker.fill('templ')
  await expect(page.getByRole('option', { name: /Template/ })).toBeVisible()
})

signedIn(
  'what is pasted in the catalog opens its form filled, and is neither in the address nor sent anywhere',
  async ({ page }) => {
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')))
    await page.goto('/workspace/connections/new?role=destination')
    await page
      .getByLabel('Paste a connection string')
      .fill('AIRFLOW_CONN_SHOP=postgres://etl:hush-hush@db.example.com:6543/shop')
    await expect(page).toHaveURL(/\/new\/postgres\?role=destination/)
    await expect(page.getByRole('textbox', { name: 'Host', exact: true })).toHaveValue('db.example.com')
    await expect(page.getByLabel(passwordLabel)).toHaveValue('hush-hush')
    await inspect(page, 'form-pasted')
    const box = page.getByLabel('Paste a connection string')
    await box.fill('Host=db2.example.com;Username=etl;Password=hush-hush-2;Database=shop')
    await expect(box).toHaveValue('')
    await expect(page.getByLabel(passwordLabel)).toHaveValue('hush-hush-2')
    expect(sent.join('\n')).not.toContain('hush')
  },
)

signedIn('every connector has a form that can be read, by people and by screen readers', async ({ page }) => {
  test.setTimeout(240_000)
  await page.goto('/workspace/connections/new?role=source')
  const types = await page.evaluate(async () =>
    (await (await fetch('/api/connectors')).json()).data.map(({ id }: { id: string }) => id),
  )
  expect(types.length).toBeGreaterThan(4)
  for (const type of types) {
    await page.goto(`/workspace/connections/new/${type}`)
    await expect(page.getByRole('button', { name: 'Save Connection' })).toBeEnabled()
    for (const group of await page.locator('details > summary').all()) await group.click()
    await inspect(page, `form-new-${type}`)
  }
})

signedIn(
  'the catalog forgives slips, keeps its category in the address, and is walked with the arrow keys',
  async ({ page }) => {
    await page.goto('/workspace/connections/new?role=source')
    const search = page.getByRole('searchbox').first()
    await search.fill('postgers')
    await expect(page.getByRole('link', { name: /^PostgreSQL/ }).first()).toBeVisible()
    await inspect(page, 'catalog-slip')
    await search.fill('')
    await page.getByRole('radio', { name: 'Databases' }).click({ force: true })
    await expect(page).toHaveURL(/role=source&category=database/)
    await search.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/workspace\/connections\/new\/\w+\?role=source/)
  },
)
