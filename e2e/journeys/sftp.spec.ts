import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from '@playwright/test'
import { hasSshd, type Sshd, startSshd } from '../../lib/runner/testing/sshd.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })
test.skip(!hasSshd, 'There is no OpenSSH server here.')

const board = (page: Page) => page.getByRole('region', { name: 'Connection test' })
const row = (page: Page) => page.getByRole('row').filter({ hasText: 'Partner files' })
const testIt = (page: Page) => page.getByRole('button', { name: 'Test Connection' }).click()

let sshd: Sshd
let folder: string

test.beforeAll(async () => {
  sshd = await startSshd(['Subsystem sftp internal-sftp'])
  folder = mkdtempSync(path.join(tmpdir(), 'jackfield-e2e-files-'))
  mkdirSync(path.join(folder, 'daily'))
  const lines = Array.from(
    { length: 400 },
    (_, index) => `${index + 1};Customer ${index};${(index * 1.5).toFixed(2)};2026-01-0${1 + (index % 9)}`,
  )
  writeFileSync(path.join(folder, 'daily', 'orders.csv'), `id;name;total;day\n${lines.join('\n')}\n`)
  writeFileSync(path.join(folder, 'daily', 'readme.txt'), 'Written every night.\n')
  writeFileSync(path.join(folder, 'picture.png'), Buffer.from('89504e470d0a1a0a0000', 'hex'))
  for (let count = 0; count < 1_200; count += 1)
    writeFileSync(path.join(folder, `part-${String(count).padStart(4, '0')}.json`), `{"part":${count}}`)
})
test.afterAll(() => {
  sshd?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

test('an SFTP server is met, its key accepted, a wrong key mended, and the connection saved', async ({ page }) => {
  await page.goto('/workspace/connections/new/sftp?role=source')
  await page.getByLabel('Connection name').fill('Partner files')
  await page.getByRole('textbox', { name: 'Host', exact: true }).fill('127.0.0.1')
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(sshd.port))
  await page.getByLabel('Start folder').fill(folder)
  await page.getByRole('radiogroup', { name: 'Kind of login' }).getByText('Username and SSH key').click()
  await page.getByRole('textbox', { name: 'Username' }).fill(sshd.user)
  await page.getByLabel(/^Private key/).fill(sshd.otherKey)

  await testIt(page)
  await expect(board(page)).toContainText(sshd.fingerprint, { timeout: 20_000 })
  await inspect(page, 'sftp-first-contact')
  await board(page).getByRole('button', { name: 'It is the right key: accept it' }).click()
  await expect(page.getByRole('textbox', { name: 'Host key fingerprint' })).toHaveValue(sshd.fingerprint)

  await testIt(page)
  await expect(board(page)).toContainText('does not take this key', { timeout: 20_000 })
  await inspect(page, 'sftp-key-rejected')
  await page.getByLabel(/^Private key/).fill(sshd.privateKey)
  await testIt(page)
  await expect(board(page)).toContainText('Passed', { timeout: 20_000 })
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await expect(row(page)).toBeVisible()
})

test('its files are browsed and looked into, with keys alone as well', async ({ page }) => {
  await page.goto('/workspace/connections?q=partner')
  const id = await page.evaluate(async () => {
    const answer = await (await fetch('/api/connections?q=partner')).json()
    return String(answer.data[0].id)
  })
  await page.goto(`/workspace/data-sources/${id}`)
  const list = page.getByRole('listbox', { name: 'Files' })
  const entry = (name: string) => list.getByRole('option').filter({ hasText: name })
  await expect(entry('daily')).toBeVisible()
  await inspect(page, 'files')
  await entry('daily').click()
  await expect(page).toHaveURL(/path=daily/)
  await entry('orders.csv').click()
  const preview = page.getByRole('article', { name: 'orders.csv' })
  await expect(preview.getByRole('columnheader').filter({ hasText: 'total' })).toContainText('decimal')
  await expect(preview).toContainText('Separator: semicolon.')
  await inspect(page, 'files-preview')
  await page.reload()
  await expect(preview).toContainText('Customer 1')

  // The page answers keys: all of it listens.
  await expect(async () => {
    await list.press('End')
    await expect(list).toHaveAttribute('aria-activedescendant', /-1$/, { timeout: 1_000 })
  }).toPass({ timeout: 20_000 })
  // Steps back to before the reload: the list keeps the focus.
  await page.goBack()
  await expect(preview).toBeHidden()
  await expect(entry('orders.csv')).toBeVisible()
  await page.goBack()
  await expect(entry('daily')).toBeVisible()
  await expect(list).toBeFocused()

  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await expect(entry('orders.csv')).toBeVisible()
  await expect(list).toBeFocused()
  await page.keyboard.press('Backspace')
  await expect(entry('daily')).toBeVisible()
  await expect(list).toBeFocused()
  // Each end of what is known brings the next page.
  await expect(async () => {
    await page.keyboard.press('End')
    await expect(page.getByText('1,202 entries')).toBeVisible({ timeout: 2_000 })
  }).toPass({ timeout: 30_000 })
  await page.keyboard.press('End')
  await expect(entry('picture.png')).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('article', { name: 'picture.png' })).toContainText('a PNG image')
  await inspect(page, 'files-binary')
  await page.goto(`/workspace/data-sources/${id}?path=gone`)
  await expect(page.getByRole('alert').filter({ hasText: 'no such file or folder' })).toBeVisible()
  await inspect(page, 'files-gone')
})

test('it is edited without its key being typed again, deleted, and restored', async ({ page }) => {
  await page.goto('/workspace/connections?q=partner')
  await row(page).getByRole('link', { name: 'Partner files' }).click()
  await page.getByLabel('Description').fill('What the partner sends')
  expect(await page.content()).not.toContain('OPENSSH PRIVATE KEY-----\nb3Blb')
  await page.getByRole('button', { name: 'Save Connection' }).click()
  await expect(page).toHaveURL(/\/workspace\/connections(\?|#|$)/)
  await page.goto('/workspace/connections?q=partner')
  await page.getByRole('button', { name: 'Actions for Partner files' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete connection' }).click()
  await expect(row(page)).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page)).toBeVisible()
})
