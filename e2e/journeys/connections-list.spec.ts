import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { emptyConnections, fillConnections, hideConnections, showConnections } from '../fixtures/many.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const rows = (page: Page) => page.getByRole('row').filter({ hasText: 'Many' })
const open = async (page: Page, query = '') => {
  await page.goto(`/workspace/connections${query}`)
  // Until the page listens, keys and clicks are nobody's.
  await expect(async () => {
    await page.keyboard.press('/')
    await expect(page.getByRole('searchbox')).toBeFocused({ timeout: 500 })
  }).toPass()
  await page.evaluate(() => (document.activeElement as HTMLElement).blur())
}

test.beforeAll(() => fillConnections(600))
test.afterAll(emptyConnections)

test('hundreds of rows come as one scrolls, and only those on screen exist', async ({ page }) => {
  await page.addInitScript(countShifts)
  await open(page, '?q=many')
  await expect(page.getByRole('table', { name: 'Connections' })).toHaveAttribute('aria-rowcount', '601')
  await expect(page.getByText('600 found')).toBeVisible()
  expect(await rows(page).count()).toBeLessThan(50)
  await page.mouse.move(700, 500)
  await expect(async () => {
    await page.mouse.wheel(0, 4_000)
    await expect(page.getByRole('row').filter({ hasText: 'Many 0600' })).toBeVisible({ timeout: 300 })
  }).toPass({ timeout: 30_000 })
  await expect(page.getByRole('row').filter({ hasText: 'Many 0600' })).toHaveAttribute('aria-rowindex', '601')
  expect(await rows(page).count()).toBeLessThan(50)
  expect(await page.evaluate(() => (window as unknown as { shifted: number }).shifted)).toBeLessThan(0.02)
  const heights = await rows(page).evaluateAll((all) => [
    ...new Set(all.map((row) => row.getBoundingClientRect().height)),
  ])
  expect(heights).toEqual([52])
  // No checkbox beneath the head: axe would take both for small ones.
  await rows(page)
    .nth(12)
    .evaluate((row) => window.scrollBy(0, row.getBoundingClientRect().top - 16))
  await inspect(page, 'connections-scrolled')
})

test('what is typed narrows the rows at once and is marked in them; Escape empties the field', async ({ page }) => {
  await open(page)
  await page.keyboard.press('/')
  await page.keyboard.type('many 0042', { delay: 30 })
  await expect(rows(page)).toHaveCount(1)
  await expect(page.locator('mark').first()).toHaveText('Many 0042')
  await expect(page).toHaveURL(/q=many\+0042/)
  await expect(page.getByRole('searchbox')).toBeFocused()
  await inspect(page, 'connections-search')
  await page.keyboard.press('Escape')
  await expect(page).toHaveURL(/connections$/)
  await expect(page.getByRole('searchbox')).toHaveValue('')
})

test('filters, tab and order stand in the address, and can be cleared', async ({ page }) => {
  await open(page, '?q=many')
  await page.getByRole('button', { name: 'Environment', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Production' }).click()
  await expect(page).toHaveURL(/environment=prod/)
  await page.getByRole('menuitem', { name: 'Staging' }).click()
  await expect(page).toHaveURL(/environment=prod%2Cstaging/)
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Take off Environment' }).click()
  await expect(page).not.toHaveURL(/environment/)
  for (const sort of ['name', '-name']) {
    await page.getByRole('link', { name: 'Connection', exact: true }).click()
    await expect(page).toHaveURL(new RegExp(`sort=${sort}$`))
  }
  await expect(page.getByRole('columnheader', { name: 'Connection' })).toHaveAttribute('aria-sort', 'descending')
  await expect(rows(page).first()).toContainText('Many 0600')
  await page.reload()
  await expect(rows(page).first()).toContainText('Many 0600')
  await inspect(page, 'connections-filtered')
  await page.goto('/workspace/connections?q=nothing+of+the+kind')
  await expect(page.getByText('No connection matches')).toBeVisible()
  await inspect(page, 'connections-no-match')
  await page.getByRole('link', { name: 'Clear search and filters' }).click()
  await expect(page).toHaveURL(/connections$/)
  await expect(page.getByRole('searchbox')).toHaveValue('')
})

test('a choice made while the server is still at the one before adds to it, and the focus stays at the filter', async ({
  page,
}) => {
  await open(page, '?q=many')
  // The server takes its time over every page but the first.
  const held = Promise.withResolvers<void>()
  await page.route(/\/workspace\/connections\?.*_rsc/, async (route) => {
    await held.promise
    await route.continue()
  })
  const environment = page.getByRole('button', { name: /^Environment/ })
  await environment.click()
  await page.getByRole('menuitem', { name: 'Production' }).click()
  await page.getByRole('menuitem', { name: 'Staging' }).click()
  await page.keyboard.press('Escape')
  await expect(environment).toContainText('Production, Staging')
  await page.getByRole('button', { name: 'Connector', exact: true }).click()
  await page.getByRole('menuitem', { name: 'PostgreSQL' }).click()
  await page.keyboard.press('Escape')
  held.resolve()
  await expect(page).toHaveURL(/environment=prod%2Cstaging/)
  await expect(page).toHaveURL(/type=postgres/)
  await expect(page).toHaveURL(/q=many/)
  await expect(page.getByText('400 found')).toBeVisible()
  await page.getByRole('button', { name: 'Take off Environment' }).click()
  await expect(environment).toBeFocused()
  await expect(page).not.toHaveURL(/environment/)
  await page.getByRole('link', { name: 'Clear', exact: true }).click()
  await expect(page).toHaveURL(/connections$/)
  await expect(page.getByRole('searchbox')).toBeFocused()
})

test('a view is saved under a name, opens again, says when it was changed, and can be renamed and deleted', async ({
  page,
}) => {
  await open(page, '?environment=prod&q=many')
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Save as a view…' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Many in production')
  await inspect(page, 'connections-view-save')
  await page.getByRole('button', { name: 'Save view' }).click()
  await expect(page).toHaveURL(/view=view_/)
  await open(page)
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('menuitem', { name: 'Many in production' }).click()
  await expect(page).toHaveURL(/environment=prod/)
  await expect(rows(page).first()).toBeVisible()
  await page.getByRole('button', { name: 'Take off Environment' }).click()
  const menu = page.getByRole('button', { name: 'Many in production' })
  await expect(menu).toContainText('changed')
  await menu.click()
  await inspect(page, 'connections-views')
  await page.getByRole('menuitem', { name: 'Save the changes' }).click()
  await expect(menu).not.toContainText('changed')
  await menu.click()
  await page.getByRole('menuitem', { name: 'Rename…' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Many')
  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('button', { name: 'Many', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Delete view' }).click()
  await expect(page.getByRole('button', { name: 'Views' })).toBeVisible()
  await expect(page).toHaveURL(/q=many$/)
})

test('columns and density are remembered by this browser, from the first paint on', async ({ page, context }) => {
  await open(page, '?q=many')
  await page.getByRole('button', { name: 'Display' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Compact' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Tags' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Role' }).click()
  await inspect(page, 'connections-display')
  await page.reload()
  await expect(page.getByRole('columnheader', { name: 'Tags' })).toBeVisible()
  expect((await rows(page).first().boundingBox())?.height).toBe(36)
  await inspect(page, 'connections-compact')
  await context.clearCookies({ name: 'jf-list' })
})

test('the list is worked with the keyboard alone', async ({ page }) => {
  await page.goto('/workspace/connections')
  await createConnection(page, { name: 'Keys first' })
  await createConnection(page, { name: 'Keys second' })
  await open(page, '?q=keys')
  const { keyboard } = page
  await keyboard.press('j')
  await expect(page.getByRole('link', { name: 'Keys first' })).toBeFocused()
  await keyboard.press('ArrowDown')
  await expect(page.getByRole('link', { name: 'Keys second' })).toBeFocused()
  await keyboard.press('t')
  await expect(page.getByRole('row').filter({ hasText: 'Keys second' })).toContainText('Passed', { timeout: 20_000 })
  await expect(page.getByRole('link', { name: 'Keys second' })).toBeFocused()
  await inspect(page, 'connections-active-row')
  await keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await inspect(page, 'connections-keys')
  await keyboard.press('j')
  await keyboard.press('Escape')
  await expect(page.getByRole('link', { name: 'Keys second' })).toBeFocused()
  await keyboard.press('k')
  await keyboard.press('e')
  await expect(page).toHaveURL(/edit$/)
  await expect(page.getByLabel('Connection name')).toHaveValue('Keys first')
})

test('many are chosen with shift, tagged, moved, tested and deleted at once, and undo brings them back', async ({
  page,
}) => {
  await page.goto('/workspace/connections')
  for (const name of ['Bulk a', 'Bulk b', 'Bulk c', 'Bulk d']) await createConnection(page, { name })
  await createConnection(page, { name: 'Bulk e', port: 1 })
  await open(page, '?q=bulk')
  const bulk = page.getByRole('region', { name: 'Selected connections' })
  const row = (name: string) => page.getByRole('row').filter({ hasText: name })
  await page.getByLabel('Select Bulk a').check()
  await page.getByLabel('Select Bulk e').click({ modifiers: ['Shift'] })
  await expect(bulk).toContainText('5 selected')
  await inspect(page, 'connections-selected')

  await bulk.getByRole('button', { name: 'Test', exact: true }).click()
  await expect(bulk).toContainText('Tested 5 connections', { timeout: 40_000 })
  await expect(bulk).toContainText('1 failed')
  await expect(row('Bulk d')).toContainText('Passed')
  await expect(row('Bulk e')).toContainText('Failed')
  await inspect(page, 'connections-bulk-tested')
  await bulk.getByRole('button', { name: 'Select those' }).click()
  await expect(bulk).toContainText('1 selected')
  await page.getByLabel('Select all that are loaded').check()

  await bulk.getByRole('button', { name: 'Tags' }).click()
  await page.getByRole('dialog').getByLabel('Add').fill('nightly')
  await page.keyboard.press('Enter')
  await inspect(page, 'connections-bulk-tags')
  await page.getByRole('button', { name: 'Change tags' }).click()
  await expect(bulk).toContainText('Tagged 5 connections')
  await bulk.getByRole('button', { name: 'Done' }).click()
  await expect(row('Bulk b')).toContainText('nightly')
  await bulk.getByRole('button', { name: 'Environment', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Production' }).click()
  await expect(bulk).toContainText('Moved 5 connections')
  await bulk.getByRole('button', { name: 'Done' }).click()
  await expect(row('Bulk c')).toContainText('prod')
  await expect(row('Bulk c')).toContainText('Passed')

  await bulk.getByRole('button', { name: 'Delete' }).click()
  await inspect(page, 'connections-bulk-delete')
  await page.getByRole('button', { name: 'Delete 5 connections' }).click()
  await expect(row('Bulk a')).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row('Bulk e')).toBeVisible()
  await open(page, '?q=bulk')
  await expect(row('Bulk a')).toBeVisible()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await expect(bulk).toContainText('1 selected')
  await page.keyboard.press('Escape')
  await expect(bulk).toBeHidden()
})

test('an empty list teaches how to start, in every width', async ({ page }) => {
  await hideConnections()
  try {
    await page.goto('/workspace/connections')
    await expect(page.getByRole('heading', { name: 'Connect your first system' })).toBeVisible()
    await inspect(page, 'connections-empty')
  } finally {
    await showConnections()
  }
  await page.setViewportSize({ width: 390, height: 844 })
  await open(page, '?q=many')
  await page.getByLabel('Select Many 0001').check()
  await expect(page.getByRole('region', { name: 'Selected connections' })).toContainText('1 selected')
  await inspect(page, 'narrow-connections-selected')
})

const countShifts = () => {
  const counted = window as unknown as { shifted: number }
  counted.shifted = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) counted.shifted += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}
