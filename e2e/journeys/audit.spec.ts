import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { Client } from 'pg'
import { databaseUrl } from '../fixtures/database.ts'
import { run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const trail = (page: Page) => page.getByRole('table', { name: 'Audit trail' })
const dialog = (page: Page) => page.getByRole('dialog')

/** As a superuser whom neither a trigger nor a grant stops. */
const tamper = async (statement: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl(run.home()) })
  await client.connect()
  await client.query('set session_replication_role = replica')
  await client.query(statement).finally(() => client.end())
}

test('the trail is read, filtered and exported', async ({ page }) => {
  await page.goto('/workspace/audit')
  await expect(trail(page)).toContainText('signed in')
  await inspect(page, 'audit')

  await page.getByLabel('Kind of event').selectOption('session')
  await expect(page).toHaveURL(/event=session/)
  await expect(trail(page)).not.toContainText('completed the first-run set-up')
  await trail(page).getByRole('button', { name: 'signed in' }).first().click()
  await expect(trail(page)).toContainText('place in the chain')
  await inspect(page, 'audit-details')

  await page.getByLabel('Search the audit trail').fill('nothing of the kind')
  await expect(page.getByText('No event matches')).toBeVisible()
  await inspect(page, 'audit-no-match')
  await page.getByRole('link', { name: 'Clear the filters' }).click()
  await expect(page).toHaveURL(/\/workspace\/audit$/)

  await page.getByRole('button', { name: 'Export' }).click()
  const saved = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /CSV/ }).click()
  const text = readFileSync(await (await saved).path(), 'utf8')
  expect(text).toContain('session.created')
})

test('the trail is sent to a file, which can be tested and changed', async ({ page }) => {
  await page.goto('/workspace/audit/destinations')
  await expect(page.getByText('The trail stays here')).toBeVisible()
  await inspect(page, 'audit-destinations-empty')
  await page.getByRole('button', { name: 'Add destination' }).click()
  await expect(dialog(page)).toBeVisible()
  await inspect(page, 'audit-destination-form')
  await dialog(page).getByLabel('Kind').selectOption('file')
  await dialog(page).getByLabel('Name', { exact: false }).first().fill('Kept beside the keys')
  await dialog(page)
    .getByLabel(/File name/)
    .fill('../escape')
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  await expect(dialog(page)).toContainText('Use lower-case letters')
  await inspect(page, 'audit-destination-refused')
  await dialog(page)
    .getByLabel(/File name/)
    .fill('trail')
  await dialog(page).getByRole('button', { name: 'Add' }).click()
  const row = page.getByRole('row').filter({ hasText: 'Kept beside the keys' })
  await expect(row).toContainText('Sending')
  await row.getByRole('button', { name: 'Test' }).click()
  await expect(page.getByText('It arrived')).toBeVisible()
  await inspect(page, 'audit-destinations')
})

test('the trail is verified; what was changed is named with its place and what to do, and raises an alert', async ({
  page,
}) => {
  await page.goto('/workspace/audit')
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(dialog(page)).toContainText('The trail is whole')
  await inspect(page, 'audit-verified')
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()

  const third = "(select event_id from audit_seals where chain like 'ws_%' and seq = 3)"
  await tamper(`update audit_events set actor_name = actor_name || '!' where id = ${third}`)
  await page.getByRole('button', { name: 'Verify' }).click()
  await expect(dialog(page)).toContainText('The trail is not whole')
  const problems = dialog(page).getByRole('region', { name: 'Events of this workspace' })
  await expect(problems).toContainText('Whole up to event 2.')
  await expect(problems.getByRole('listitem')).toHaveCount(1)
  await expect(problems.getByRole('listitem')).toContainText('3The event at 3 is not as it was when it was sealed')
  await inspect(page, 'audit-broken')

  await tamper(`update audit_events set actor_name = rtrim(actor_name, '!') where id = ${third}`)
  await dialog(page).getByRole('button', { name: 'Verify again' }).click()
  await expect(dialog(page)).toContainText('The trail is whole')
  await dialog(page).getByRole('button', { name: 'Close' }).last().click()

  const alert = page.getByRole('row').filter({ hasText: 'The audit trail does not verify' })
  await expect(async () => {
    await page.goto('/workspace/audit/alerts')
    await expect(alert).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 40_000 })
  await inspect(page, 'audit-alerts')
  await alert.getByRole('button', { name: 'Acknowledge' }).click()
  await expect(alert).toContainText('Acknowledged')
})
