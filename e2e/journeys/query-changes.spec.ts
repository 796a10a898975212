import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { askTarget, openEditor, result, runSql } from '../fixtures/editor.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

let source = ''
const change = 'update stock.parts set pieces = pieces - 1 where id <= 3'
const pieces = async () =>
  (await askTarget<{ pieces: number }>('select pieces from stock.parts order by id')).map((row) => row.pieces)
const allowed = (page: Page) => page.getByRole('switch', { name: 'Allow changes' })

test.beforeAll(() =>
  askTarget(`create schema stock; create table stock.parts (id int primary key, pieces int not null);
    insert into stock.parts select n, 10 from generate_series(1, 5) n;
    grant usage on schema stock to ${targetLogin.user}; grant select, update on stock.parts to ${targetLogin.user}`),
)
test.afterAll(() => askTarget('drop schema stock cascade'))

test('nothing is changed where the source does not allow it, and the page says where to', async ({ page }) => {
  await page.goto('/workspace/connections')
  source = await createConnection(page, { name: 'Stock that changes', environment: 'prod' })
  await openEditor(page, source)
  await expect(page.getByText('Read only', { exact: true })).toBeVisible()
  await expect(allowed(page)).toHaveCount(0)
  await runSql(page, change)
  await expect(result(page).getByRole('alert')).toBeVisible()
  await expect(page.getByText('Changes have to be allowed in the configuration of this data source')).toBeVisible()
  await inspect(page, 'sql-read-only')
  const forced = await page.request.post(`/api/data-sources/${source}/queries`, {
    headers: { 'sec-fetch-site': 'same-origin' },
    data: { sql: change, mode: 'write', confirm: true },
  })
  expect([forced.status(), await forced.text()]).toEqual([403, expect.stringContaining('takes no statements')])
  expect(await pieces()).toEqual([10, 10, 10, 10, 10])
})

test('once allowed, a change is asked about, made and recorded', async ({ page }) => {
  await page.goto(`/workspace/data-sources/${source}/configuration`)
  await page.getByRole('switch', { name: 'Allow statements that change data' }).click({ force: true })
  await page.getByRole('button', { name: 'Save configuration' }).click()
  await expect(page.getByText('Configuration saved')).toBeVisible()

  await openEditor(page, source)
  await runSql(page, change)
  await expect(page.getByText('switch on “Allow changes” above')).toBeVisible()
  expect(await pieces()).toEqual([10, 10, 10, 10, 10])

  await allowed(page).click({ force: true })
  const dialog = page.getByRole('dialog')
  await runSql(page, change)
  await expect(dialog).toContainText('Run on Stock that changes and keep what it changes?')
  await expect(dialog).toContainText(change)
  await inspect(page, 'sql-change-question')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  expect(await pieces()).toEqual([10, 10, 10, 10, 10])

  await runSql(page, change)
  await dialog.getByRole('button', { name: 'Run and keep' }).click()
  await expect(result(page).getByRole('status').filter({ hasText: '3 rows changed' })).toBeVisible()
  await inspect(page, 'sql-changed')
  expect(await pieces()).toEqual([9, 9, 9, 10, 10])
})

test('what it changed stands in the trail and in the history, and reading stays reading', async ({ page }) => {
  await page.goto('/workspace/audit')
  await page.getByLabel('Kind of event').selectOption('query')
  const trail = page.getByRole('table', { name: 'Audit trail' })
  await expect(
    trail.getByRole('row').filter({ hasText: 'ran a statement that may change data' }).first(),
  ).toContainText('Stock that changes')
  await openEditor(page, source)
  // Permission to change is for one tab of one page, not for good.
  await expect(allowed(page)).not.toBeChecked()
  await page.getByText('History', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'Your queries' })).toContainText('could change data')
})
