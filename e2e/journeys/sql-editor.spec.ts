import { createConnection } from '../fixtures/connections.ts'
import { grid, openEditor, result, sql, write } from '../fixtures/editor.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test.describe.configure({ mode: 'serial' })

let source = ''

test('a statement is written, run with the keyboard, and its rows are shown', async ({ page }) => {
  await page.goto('/workspace/connections')
  source = await createConnection(page, { name: 'Orders for SQL', environment: 'prod' })
  await page.goto(`/workspace/data-sources/${source}`)
  await page.getByRole('navigation', { name: 'Data source' }).getByRole('link', { name: 'SQL' }).click()
  await expect(sql(page)).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Run a statement to see its rows here' })).toBeVisible()
  await inspect(page, 'sql-empty')
  await write(page, 'select id, total, customer_id from shop.orders order by id limit 3;\n\nselect 2 as two;')
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect(grid(page)).toContainText('two')
  const results = page.getByRole('navigation', { name: 'Results' })
  await results.getByRole('button', { name: /^done\s*1\./ }).click()
  await expect(grid(page)).toContainText('customer_id')
  await expect(result(page)).toContainText('3 rows')
  await inspect(page, 'sql-rows')
})

test('tables fill the editor: first 100 rows, names, columns, and what completes', async ({ page }) => {
  await openEditor(page, source)
  const tree = page.getByRole('tree', { name: 'Schemas and tables' })
  await tree.getByRole('treeitem').filter({ hasText: 'customers' }).click()
  await page.getByRole('button', { name: 'Select first 100' }).click()
  await expect(grid(page)).toContainText('c1@example.com')
  await write(page, 'select * from shop.orders o join shop.customers c on ')
  await page.keyboard.press('ControlOrMeta+Space')
  const options = page.getByRole('listbox')
  await expect(options.getByRole('option').first()).toContainText('o.customer_id = c.id')
  await inspect(page, 'sql-completion')
  await page.keyboard.press('Enter')
  await page.keyboard.insertText(' limit 2')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(result(page)).toContainText('2 rows')
})

test('what is wrong is underlined at its place, and a plan is drawn with its costliest step', async ({ page }) => {
  await openEditor(page, source)
  await write(page, 'select nonsense\nfrom shop.orders')
  await page.keyboard.press('ControlOrMeta+Enter')
  await expect(result(page)).toContainText('column "nonsense" does not exist')
  await expect(page.locator('.cm-lintRange-error')).toHaveText('nonsense')
  await page.getByRole('button', { name: 'Go to the place' }).click()
  await inspect(page, 'sql-error')
  await write(
    page,
    'select c.email, sum(o.total) from shop.orders o join shop.customers c on c.id = o.customer_id group by 1',
  )
  await page.getByRole('button', { name: 'Explain analyze' }).click()
  await expect(result(page)).toContainText('Costliest step')
  await expect(result(page)).toContainText(/Most goes into .+, \d+ %/)
  await inspect(page, 'sql-plan')
})

test('what fails leaves no empty table, stops those behind it, and stands in the history at once', async ({ page }) => {
  await openEditor(page, source)
  await page.getByText('History', { exact: true }).click()
  const history = page.getByRole('list', { name: 'Your queries' })
  await write(page, 'select 1 as one;\nselect missing_thing;\nselect 3 as three')
  await page.keyboard.press('ControlOrMeta+Shift+Enter')
  await expect(result(page).getByRole('alert')).toContainText('column "missing_thing" does not exist')
  await expect(grid(page)).toHaveCount(0)
  await expect(page.getByText('one statement behind it did not run')).toBeVisible()
  await expect(history.getByRole('listitem').first()).toContainText('select missing_thing')
  await expect(history.getByRole('listitem').first()).toContainText('failed')
  await inspect(page, 'sql-stopped')
  await sql(page).focus()
  await page.keyboard.press('ControlOrMeta+s')
  await expect(page.getByRole('dialog')).toContainText('Save the query')
  await page.keyboard.press('Escape')
  await expect(sql(page)).toBeFocused()
  await page.keyboard.press('ControlOrMeta+Shift+e')
  await expect(result(page)).toContainText('Plan')
})

test('values are asked for and sent beside the statement', async ({ page }) => {
  await openEditor(page, source)
  await write(page, 'select id from shop.orders where customer_id = :customer::bigint and id < :below::bigint')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(page.getByText('Nothing ran yet: give :customer, :below a value')).toBeVisible()
  await expect(page.getByLabel(':customer', { exact: true })).toBeFocused()
  await inspect(page, 'sql-parameters')
  await page.getByLabel(':customer', { exact: true }).fill('7')
  await page.getByLabel(':below', { exact: true }).fill('600')
  await page.keyboard.press('Enter')
  await expect(result(page)).toContainText('2 rows')
})

test('tabs wait on the server, closing one can be undone, and a query is saved and found again', async ({ page }) => {
  await openEditor(page, source)
  const tabs = page.getByRole('navigation', { name: 'Open queries' })
  await page.getByRole('button', { name: 'New query' }).click()
  await write(page, "select 'kept' as word")
  const saved = page.waitForResponse((answer) => answer.url().endsWith('/tabs') && answer.request().method() === 'PUT')
  expect((await saved).status()).toBe(200)
  const name = (await tabs.locator('[aria-current]').textContent()) ?? ''
  await page.reload()
  await expect(sql(page)).toHaveText("select 'kept' as word")
  await tabs.getByRole('button', { name: `Close ${name}` }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(sql(page)).toHaveText("select 'kept' as word")
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('The kept one')
  await page.getByRole('button', { name: 'Save query' }).click()
  await page.getByText('Saved', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'Saved queries' })).toContainText('The kept one')
  await inspect(page, 'sql-saved')
  await page.getByText('History', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'Your queries' })).toContainText('customer_id = :customer::bigint')
  await inspect(page, 'sql-history')
})

test('it works on a phone and with the keyboard alone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 })
  await openEditor(page, source)
  await inspect(page, 'sql-phone')
  await page.getByRole('button', { name: 'Tables' }).click()
  await expect(page.getByRole('tree', { name: 'Schemas and tables' })).toBeVisible()
  await inspect(page, 'sql-phone-tables')
  await page.getByRole('button', { name: 'Back' }).click()
  await sql(page).focus()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(sql(page)).not.toBeFocused()
})

test('the panes are resized with the arrow keys, and stay so', async ({ page }) => {
  await openEditor(page, source)
  const edges = page.getByRole('separator')
  const width = async () => (await page.getByRole('tree', { name: 'Schemas and tables' }).boundingBox())?.width ?? 0
  const height = async () => (await sql(page).locator('xpath=../..').boundingBox())?.height ?? 0
  const before = { width: await width(), height: await height() }
  await edges.first().focus()
  await page.keyboard.press('ArrowRight')
  await expect.poll(width).toBeGreaterThan(before.width)
  await edges.last().focus()
  await page.keyboard.press('ArrowDown')
  await expect.poll(height).toBeGreaterThan(before.height)
  const after = { width: await width(), height: await height() }
  await page.reload()
  await expect.poll(width).toBe(after.width)
  await expect.poll(async () => Math.abs((await height()) - after.height)).toBeLessThan(2)
})
