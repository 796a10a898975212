import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { grid, openEditor, result, runSql as typeAndRun } from '../fixtures/editor.ts'
import { expect, expectAccessible, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })
test.use({ permissions: ['clipboard-read', 'clipboard-write'] })

let source = ''
const cell = (page: Page, row: number, column: number) =>
  grid(page).locator(`[role=row][aria-rowindex="${row + 1}"] [aria-colindex="${column + 1}"]`)
const head = (page: Page, name: string) => grid(page).getByRole('columnheader', { name: new RegExp(`^${name} `) })
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())

const runSql = async (page: Page, text: string) => {
  await openEditor(page, source)
  await typeAndRun(page, text)
}

/** Everything that a page could run, obey or mix up. */
const hostile = `select * from (values
  (1, '<img src=x onerror="window.hit=1"><script>window.hit=1</script>', 9007199254740993::int8, 0.10::numeric, true),
  (2, E'\\u001b[31mred\\u202Egnp.exe', 9007199254740992, 10.5, false),
  (3, '', null, 9.75, null),
  (4, null, -1, 100, true),
  (5, E'two\\nlines', 7, 2.5, true)) as t (id, note, big, price, paid)`

test('a result shows what a value is, and runs and obeys nothing of it', async ({ page }) => {
  await page.goto('/workspace/connections')
  source = await createConnection(page, { name: 'Shop for results' })
  await runSql(page, hostile)
  await expect(result(page)).toContainText('5 rows')
  await expect(cell(page, 1, 2)).toContainText('<img src=x')
  await expect(cell(page, 2, 2)).toHaveText('⟨1B⟩[31mred⟨202E⟩gnp.exe')
  await expect(cell(page, 3, 2)).toHaveText('empty')
  await expect(cell(page, 4, 2)).toHaveText('NULL')
  await expect(cell(page, 5, 2)).toHaveText('two↵lines')
  await expect(cell(page, 1, 3)).toHaveText('9007199254740993')
  expect(await page.evaluate(() => 'hit' in window)).toBe(false)
  await inspect(page, 'result-values')
})

test('it is sorted exactly, filtered, pinned and read with the keyboard', async ({ page }) => {
  await runSql(page, hostile)
  await expect(result(page)).toContainText('5 rows')
  await head(page, 'big').click()
  await expect(head(page, 'big')).toHaveAttribute('aria-sort', 'ascending')
  const column = (at: number) => Promise.all([1, 2, 3, 4, 5].map((row) => cell(page, row, at).textContent()))
  await expect.poll(() => column(3)).toEqual(['-1', '7', '9007199254740992', '9007199254740993', 'NULL'])
  await head(page, 'big').click()
  await expect.poll(() => column(3)).toEqual(['9007199254740993', '9007199254740992', '7', '-1', 'NULL'])

  await grid(page).focus()
  await page.keyboard.press('Home')
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Alt+ArrowDown')
  await inspect(page, 'result-column')
  await page.getByRole('menuitem', { name: 'Filter…' }).click()
  await page.getByLabel('Comparison').selectOption('greater')
  await page.getByLabel(/^Value to compare price/).fill('9.5')
  await page.keyboard.press('Enter')
  await expect(result(page)).toContainText('3 rows shown')
  await head(page, 'price').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Pin to the left' }).click()
  await expect(cell(page, 1, 1)).toHaveText('10.5')
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Remove the filter of price' }).click()
  await expect(result(page)).not.toContainText('rows shown')
})

test('cells are copied as they are, and ranges as whoever takes them reads them', async ({ page }) => {
  await runSql(page, hostile)
  await cell(page, 1, 3).click()
  await page.keyboard.press('ControlOrMeta+c')
  await expect.poll(() => clipboard(page)).toBe('9007199254740993')
  await cell(page, 3, 1).click()
  await page.keyboard.press('Shift+ArrowDown')
  await page.keyboard.press('Shift+ArrowRight')
  await expect(grid(page).locator('[aria-selected=true]')).toHaveCount(4)
  await page.keyboard.press('ControlOrMeta+c')
  await expect.poll(() => clipboard(page)).toBe('id\tnote\n3\t""\n4\t\n')
  const copyAs = async (name: string) => {
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('menuitem', { name }).click()
  }
  await copyAs('Copy as JSON')
  await expect.poll(() => clipboard(page)).toBe('[\n  {"id": 3, "note": ""},\n  {"id": 4, "note": null}\n]\n')
  await copyAs('Copy as INSERT…')
  await page.getByRole('textbox', { name: 'Table' }).fill('shop.notes')
  await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click()
  await expect.poll(() => clipboard(page)).toBe(`INSERT INTO shop.notes (id, note) VALUES\n  (3, ''),\n  (4, NULL);\n`)
})

test('a cell has a menu, for the mouse and for the keyboard', async ({ page }) => {
  await runSql(page, hostile)
  await cell(page, 5, 1).click({ button: 'right' })
  const item = (name: string) => page.getByRole('menuitem', { name, exact: true })
  await inspect(page, 'result-cell-menu')
  await item('Copy as JSON').click()
  await expect.poll(() => clipboard(page)).toBe('[\n  {"id": 5}\n]\n')
  await expect(grid(page)).toBeFocused()
  await page.keyboard.press('Shift+ArrowUp')
  await page.keyboard.press('Shift+F10')
  await expect(page.getByRole('menu')).toContainText('2 rows × 1 column')
  await item('Copy').click()
  await expect.poll(() => clipboard(page)).toBe('id\n4\n5\n')
  await cell(page, 2, 3).click({ button: 'right' })
  await item('Only rows with this value').click()
  await expect(result(page)).toContainText('1 row shown')
  await expect(cell(page, 1, 3)).toHaveText('9007199254740992')
  await page.getByRole('button', { name: 'Remove the filter of big' }).click()
  await cell(page, 4, 2).click({ button: 'right' })
  await item('Only rows with NULL here').click()
  await expect(cell(page, 1, 1)).toHaveText('4')
  await expect(result(page)).toContainText('1 row shown')
})

test('a value is opened beside the rows, and a chart is drawn of them', async ({ page }) => {
  await runSql(
    page,
    `select n as id, now() - n * interval '1 day' as at, round((random() * 100)::numeric, 2) as total,
      jsonb_build_object('n', 12345678901234567890, 'tags', array['a', 'b']) as doc from generate_series(1, 30) n`,
  )
  await cell(page, 1, 4).dblclick()
  const viewer = page.getByRole('complementary', { name: /^doc, row 1/ })
  await expect(viewer).toContainText('12345678901234567890')
  await inspect(page, 'result-value')
  await viewer.getByRole('button', { name: 'Close the value' }).click()
  await cell(page, 2, 4).click()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: /^doc, row 2/ })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('complementary', { name: /^doc, row 2/ })).toHaveCount(0)
  await page.getByText('Chart', { exact: true }).click()
  await expect(page.getByRole('img', { name: 'Line of total by at' })).toBeVisible()
  await expect(page.locator('.recharts-line-curve').first()).toBeVisible()
  await inspect(page, 'result-chart')
})
