import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { askTarget, grid, openEditor, result, runSql, sql, write } from '../fixtures/editor.ts'
import { owner } from '../fixtures/run.ts'
import { endSession, signIn } from '../fixtures/session.ts'
import { expect, inspect, signedIn, test } from '../fixtures/test.ts'

/** What of it still runs at the server. */
const running = async (mark: string) =>
  (
    await askTarget<{ count: number }>(
      `select count(*)::int from pg_stat_activity where state <> 'idle' and pid <> pg_backend_pid() and position($1 in query) > 0`,
      [mark],
    )
  )[0]?.count

const startSleeping = async (page: Page, source: string, mark: string) => {
  await openEditor(page, source)
  await runSql(page, `select '${mark}' as mark, pg_sleep(300)`)
  await expect.poll(() => running(mark), { timeout: 20_000 }).toBe(1)
}
const isGone = (mark: string) => expect.poll(() => running(mark), { timeout: 20_000 }).toBe(0)

const createSource = async (page: Page, name: string) => {
  await page.goto('/workspace/connections')
  return createConnection(page, { name })
}

signedIn('Cancel ends the query at the server too, and the next one runs', async ({ page }) => {
  const source = await createSource(page, 'Slow to cancel')
  await startSleeping(page, source, 'by_button')
  // The one place to stop it.
  const cancel = page.getByRole('button', { name: 'Cancel' })
  await inspect(page, 'sql-running')
  await cancel.click()
  await expect(
    result(page)
      .getByRole('status')
      .filter({ hasText: /cancelled/i }),
  ).toBeVisible()
  await isGone('by_button')
  await inspect(page, 'sql-cancelled')
  await page.getByText('History', { exact: true }).click()
  await expect(page.getByRole('list', { name: 'Your queries' }).getByRole('listitem').first()).toContainText(
    'cancelled',
  )
  await runSql(page, 'select 41 + 1 as answer')
  await expect(grid(page)).toContainText('42')
})

signedIn(
  'closing the tab of a query, leaving its page and closing the window end it at the server',
  async ({ page }) => {
    const source = await createSource(page, 'Slow to leave')
    await openEditor(page, source)
    await page.getByRole('button', { name: 'New query' }).click()
    await runSql(page, `select 'by_tab' as mark, pg_sleep(300)`)
    await expect.poll(() => running('by_tab'), { timeout: 20_000 }).toBe(1)
    const tabs = page.getByRole('navigation', { name: 'Open queries' })
    const name = (await tabs.locator('[aria-current]').textContent()) ?? ''
    await tabs.getByRole('button', { name: `Close ${name}` }).click()
    await isGone('by_tab')

    await startSleeping(page, source, 'by_link')
    await page.getByRole('link', { name: 'Connections' }).first().click()
    await expect(page).toHaveURL(/\/workspace\/connections/)
    await isGone('by_link')

    await startSleeping(page, source, 'by_window')
    await page.close()
    await isGone('by_window')
  },
)

test('a session that ends under the editor costs nothing: sign in, and the statement runs and is kept', async ({
  page,
  browser,
}) => {
  await signIn(page, '/workspace/connections')
  const source = await createConnection(page, { name: 'Outlives a session' })
  await openEditor(page, source)
  await write(page, "select 'written before' as word")
  await endSession(page, browser)
  await page.keyboard.press('ControlOrMeta+Enter')
  const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
  await expect(dialog).toBeVisible()
  await inspect(page, 'sql-session-ended')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(dialog).toBeHidden()
  await expect(sql(page)).toHaveText("select 'written before' as word")

  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await dialog.getByLabel('Your password').fill(owner.password)
  await dialog.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(grid(page)).toContainText('written before')
  const kept = page.waitForResponse((answer) => answer.url().endsWith('/tabs') && answer.request().method() === 'PUT')
  await page.keyboard.press('ControlOrMeta+End')
  await write(page, "select 'written after' as word")
  expect((await kept).status()).toBe(200)
  await page.reload()
  await expect(sql(page)).toHaveText("select 'written after' as word")
})
