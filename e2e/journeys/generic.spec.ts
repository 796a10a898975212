import { createServer, type Server, type Socket } from 'node:net'
import type { Page } from '@playwright/test'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

const name = 'Message queue'
const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: name })
const actions = (page: Page) => page.getByRole('button', { name: `Actions for ${name}` })

let server: Server
let port: number
const sockets = new Set<Socket>()

test.beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    socket.write('QUEUE 4.2 ready\r\n')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as { port: number }).port
})
test.afterAll(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

test('a TCP service is described, fails its test, is mended at the named field, passes and is saved', async ({
  page,
}) => {
  await page.goto('/workspace/connections/new?role=source')
  await page.getByRole('searchbox').first().fill('tcp')
  await page
    .getByRole('link', { name: /Any TCP service/ })
    .first()
    .click()
  await expect(page).toHaveURL(/\/workspace\/connections\/new\/generic/)
  await page.getByLabel('Connection name').fill(name)
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(port))
  await page.getByRole('combobox', { name: 'The service has to answer' }).click()
  await page.getByRole('option', { name: /^with this text/ }).click()
  await page.getByRole('textbox', { name: /Expected text/ }).fill('QUEUE 5')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('QUEUE 4.2 ready', { timeout: 30_000 })
  await inspect(page, 'generic-banner-mismatch')
  await page.getByRole('textbox', { name: /Expected text/ }).fill('QUEUE 4')
  await page.getByRole('button', { name: 'Test Connection' }).click()
  await expect(board(page)).toContainText('Passed', { timeout: 30_000 })
  await inspect(page, 'generic-passed')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toContainText('Passed', { timeout: 30_000 })
})

test('it is edited, deleted and restored', async ({ page }) => {
  await page.goto('/workspace/connections?q=message')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await expect(page.getByRole('textbox', { name: /Expected text/ })).toHaveValue('QUEUE 4')
  await page.getByLabel('Description').fill('Where orders wait')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await page.goto('/workspace/connections?q=message')
  await actions(page).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page)).toBeVisible()
})
