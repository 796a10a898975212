import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { parquetReadObjects } from 'hyparquet'
import { createConnection } from '../fixtures/connections.ts'
import { askTarget, openEditor, result, runSql } from '../fixtures/editor.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

let source = ''
const rows = 25_000
const text = `select n as id, n * 76861433640456 as big, 'row ' || n || case when n % 7 = 0 then ', "quoted"' else '' end as note,
  case when n % 5 = 0 then null else n % 2 = 0 end as even from generate_series(1::int8, ${rows}) n order by n`
interface Row {
  id: string
  big: string
  note: string
  even: boolean | null
}
const expected = () => askTarget<Row>(text)

const openExport = async (page: Page) => {
  await page.getByRole('button', { name: 'Download' }).click()
  await page.getByRole('menuitem', { name: 'Export everything…' }).click()
}

const close = (page: Page) => page.getByRole('dialog').getByRole('button').filter({ hasText: 'Close' }).click()

/** Exports it in this format, and answers the file that the browser kept and the address it had. */
const exportAs = async (page: Page, label: string) => {
  await openExport(page)
  const dialog = page.getByRole('dialog')
  await dialog.getByText(label, { exact: true }).click()
  const coming = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const download = await coming
  const file = readFileSync(await download.path())
  await expect(dialog.getByRole('status')).toContainText('Done: 25,000 rows', { timeout: 20_000 })
  await inspect(page, `sql-export-${label.toLowerCase()}`)
  await close(page)
  return { file, name: download.suggestedFilename(), address: download.url() }
}

test('every format holds all that the database has, and its address works once', async ({ page }) => {
  test.setTimeout(300_000)
  await page.goto('/workspace/connections')
  source = await createConnection(page, { name: 'Exported shop' })
  await openEditor(page, source)
  await runSql(page, text)
  await expect(result(page)).toContainText('10,000 rows')
  await openExport(page)
  await inspect(page, 'sql-export')
  await close(page)
  const all = await expected()

  const csv = await exportAs(page, 'CSV')
  expect(csv.name).toMatch(/^jackfield-exported-shop\.csv$/)
  const cell = (value: string) => (/[",]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const line = ({ id, big, note, even }: Row) => [id, big, cell(note), even === null ? '' : String(even)].join(',')
  expect(csv.file.toString()).toBe(['id,big,note,even', ...all.map(line), ''].join('\r\n'))
  const again = await page.request.get(csv.address)
  expect([again.status(), again.headers()['content-disposition']]).toEqual([404, undefined])

  const ndjson = await exportAs(page, 'NDJSON')
  expect(
    ndjson.file
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(all)
  const json = await exportAs(page, 'JSON')
  expect(JSON.parse(json.file.toString())).toEqual(all)

  const parquet = await exportAs(page, 'Parquet')
  const { buffer, byteOffset, byteLength } = parquet.file
  const found = await parquetReadObjects({ file: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer })
  expect(found.map(({ id, big, note, even }) => ({ id: String(id), big: String(big), note, even }))).toEqual(all)
})

test('an export is cancelled where it was started, and what broke off is no file', async ({ page }) => {
  await page.goto('/workspace/connections')
  source = await createConnection(page, { name: 'Endless shop' })
  await openEditor(page, source)
  await runSql(page, `select 'endless' as mark, generate_series(1, 500000000) as n, repeat('x', 200) as wide`)
  await expect(result(page)).toContainText('10,000 rows')
  await openExport(page)
  const dialog = page.getByRole('dialog')
  const coming = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const download = await coming
  await expect(dialog.getByRole('status')).toContainText(/[\d,]+ rows, [\d.]+ [MG]B so far/)
  await inspect(page, 'sql-export-running')
  await dialog.getByRole('button', { name: 'Cancel the export' }).click()
  await expect(dialog.getByRole('status')).toContainText('The file is not whole')
  expect(await download.failure()).not.toBeNull()
  await expect
    .poll(async () =>
      askTarget(`select 1 from pg_stat_activity where state <> 'idle' and query like 'select ''endless''%'`),
    )
    .toEqual([])
  await close(page)
  await expect(page.getByRole('button', { name: 'Download' })).toBeFocused()
})
