import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const version = (page: Page, number: number) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: `Version ${number}`, exact: true }) })

const send = (page: Page, method: string, url: string, body: object): Promise<number> =>
  page.evaluate(
    async ([how, where, json]) => {
      const headers = { 'content-type': 'application/json' }
      return (await fetch(where, { method: how, headers, body: json })).status
    },
    [method, url, JSON.stringify(body)] as const,
  )

test('a connection returns to the version whose test passed, in one click, and the way back is one more', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Traveller' })
  expect(await send(page, 'POST', `/api/connections/${id}/test`, {})).toBe(200)
  const broken = { description: 'Moved', config: { database: 'no_such_database' } }
  expect(await send(page, 'PATCH', `/api/connections/${id}`, broken)).toBe(200)
  await page.goto(`/workspace/connections/${id}/edit`)
  await page.getByRole('link', { name: 'History' }).click()
  await expect(version(page, 2)).toContainText('Current')
  await expect(version(page, 2)).toContainText('no_such_database')
  await expect(version(page, 1)).toContainText('Last green')
  await inspect(page, 'connection-history')

  await page.getByRole('button', { name: 'Return to last green' }).click()
  await expect(page.getByText('Back at version 1')).toBeVisible()
  await expect(version(page, 3)).toContainText('Return to 1')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(version(page, 4)).toContainText('Return to 2')
  await expect(version(page, 4)).toContainText('Current')
})

test('a version with another host asks the owner nothing, because an owner may bind', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Mover' })
  const elsewhere = { config: { host: 'db.example.com' } }
  expect(await send(page, 'PATCH', `/api/connections/${id}`, elsewhere)).toBe(200)
  await page.goto(`/workspace/connections/${id}/history`)
  await version(page, 1).getByRole('button', { name: 'Return to this version' }).click()
  await expect(version(page, 3)).toContainText('Return to 1')
})
