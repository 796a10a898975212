import type { Page } from '@playwright/test'
import * as z from 'zod'
import { createConnection } from '../fixtures/connections.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const panel = (page: Page) => page.getByRole('region', { name: 'Rotation' })
const connection = z.object({ data: z.object({ credential: z.object({ id: z.string() }) }) })

test('a new secret is typed, tested with every connection, promoted and rolled back', async ({ page }) => {
  await page.goto('/workspace/credentials')
  const connectionId = await createConnection(page, { name: 'Rotated warehouse' })
  const text = await page.evaluate(async (id) => (await fetch(`/api/connections/${id}`)).text(), connectionId)
  await page.goto(`/workspace/credentials/${connection.parse(JSON.parse(text)).data.credential.id}`)

  // A wrong password holds itself back, with the cause at the connection.
  await panel(page).getByRole('button', { name: 'Rotate' }).click()
  await panel(page).getByRole('textbox', { name: 'Password', exact: true }).fill('not the password')
  await inspect(page, 'rotation-form')
  await panel(page).getByRole('button', { name: 'Test new secret' }).click()
  await expect(panel(page).getByRole('status')).toHaveText('The new secret fails for 1 of 1')
  await expect(panel(page).getByRole('listitem').filter({ hasText: 'Rotated warehouse' })).toContainText('Failed')
  await inspect(page, 'rotation-failed')
  await panel(page).getByRole('button', { name: 'Cancel rotation' }).click()
  await expect(panel(page).getByRole('list', { name: 'Earlier rotations' })).toContainText('Cancelled')

  // The same password with another public part is a new version too.
  await panel(page).getByRole('button', { name: 'Rotate' }).click()
  await panel(page).getByRole('textbox', { name: 'Password', exact: true }).fill(targetLogin.password)
  await panel(page)
    .getByRole('textbox', { name: /^Username/ })
    .fill(targetLogin.user.toUpperCase())
  await panel(page).getByRole('button', { name: 'Test new secret' }).click()
  await expect(panel(page).getByRole('status')).toHaveText(/fails for 1 of 1/)
  await panel(page).getByRole('button', { name: 'Promote anyway …' }).click()
  await panel(page).getByRole('textbox', { name: /^Why/ }).fill('the server is renamed tonight')
  await panel(page).getByRole('button', { name: 'Promote anyway' }).click()
  await expect(panel(page).getByRole('status')).toHaveText('Promoted · the new secret is in use')
  await inspect(page, 'rotation-soaking')
  await panel(page).getByRole('button', { name: 'Roll back' }).click()
  await expect(panel(page).getByRole('list', { name: 'Earlier rotations' })).toContainText('Rolled back')
  await expect(page.getByRole('region', { name: 'Details' })).toContainText(targetLogin.user)
  await inspect(page, 'rotation-history')
})
