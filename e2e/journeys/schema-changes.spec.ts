import type { Page } from '@playwright/test'
import { Client } from 'pg'
import { createConnection } from '../fixtures/connections.ts'
import { run } from '../fixtures/run.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

test('what changed between two refreshes is told, what can break first', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Timeline orders' })
  await page.goto(`/workspace/data-sources/${id}/changes`)
  await expect(page.getByText('No changes yet')).toBeVisible()
  await inspect(page, 'changes-none')
  await refresh(id, page)
  const admin = new Client({ connectionString: run.targetAdmin() })
  await admin.connect()
  try {
    await admin.query(
      'create table public.timeline_new (id int primary key); grant select on public.timeline_new to public',
    )
    await refresh(id, page)
    await admin.query('alter table public.timeline_new alter id type bigint, add memo text')
    await refresh(id, page)
  } finally {
    await admin.query('drop table if exists public.timeline_new').finally(() => admin.end())
  }
  await page.goto(`/workspace/data-sources/${id}/changes`)
  const table = page.getByRole('article', { name: 'public.timeline_new' })
  await expect(table).toContainText('Can break')
  await expect(table).toContainText('integer')
  await expect(table).toContainText('bigint')
  await inspect(page, 'changes')
  await page.getByRole('navigation', { name: 'Moments' }).getByRole('link').nth(1).click()
  await expect(table).toContainText('Adds')
  // From before the table to after its change: it is new, and that is all.
  await page.getByRole('button', { name: 'Show what is different' }).click()
  await expect(page).toHaveURL(/from=rfr_.*to=rfr_/)
  await expect(table).toContainText('added')
  await expect(table).not.toContainText('bigint')
  await inspect(page, 'changes-span')
  await page.goto(`/workspace/data-sources/${id}`)
  await page.getByLabel('Search tables, comments and columns').fill('timeline_new')
  await page.getByRole('treeitem').filter({ hasText: 'timeline_new' }).click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Show changes' }).click()
  await expect(page).toHaveURL(/relation=public.timeline_new/)
  // It came, and it changed; the refreshes in which other things did are left out.
  const moments = page.getByRole('navigation', { name: 'Moments' }).getByRole('link')
  await expect(moments).toHaveCount(2)
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(table).toContainText('bigint')
  await inspect(page, 'changes-table')
  await moments.last().click()
  await expect(page).toHaveURL(/relation=public.timeline_new/)
  await expect(table).toContainText('added')
  await page.getByRole('link', { name: 'Show all changes' }).click()
  await expect(page).not.toHaveURL(/relation=/)
  await page.goto(`/workspace/data-sources/${id}/changes?relation=public.never_there`)
  await expect(page.getByText('No changes of public.never_there yet')).toBeVisible()
  await inspect(page, 'changes-table-none')
})

test('two sources are compared: never read, different, searched, and the other way round', async ({ page }) => {
  await page.goto('/workspace/connections')
  const dev = await createConnection(page, { name: 'Compared dev' })
  await page.goto('/workspace/connections')
  const prod = await createConnection(page, { name: 'Compared prod', environment: 'prod' })
  await page.goto(`/workspace/data-sources/${dev}/changes`)
  await page.getByRole('link', { name: 'Compare', exact: true }).click()
  await page.getByLabel('Compare Compared dev with').selectOption({ label: 'Compared prod (prod)' })
  await expect(page.getByText('Compared dev was never read')).toBeVisible()
  await inspect(page, 'comparison-unread')
  await refresh(dev, page)
  await refresh(prod, page)
  await page.goto(`/workspace/data-sources/${dev}/comparison?with=${prod}`)
  await expect(page.getByText('They are the same')).toBeVisible()
  const admin = new Client({ connectionString: run.targetAdmin() })
  await admin.connect()
  try {
    await admin.query(`create table public.compared_one (id int primary key, note text);
      create table public.compared_two (id int); grant select on public.compared_one, public.compared_two to public`)
    await refresh(dev, page)
    await admin.query('alter table public.compared_one drop note, add memo text; drop table public.compared_two')
    await refresh(prod, page)
  } finally {
    await admin.query('drop table if exists public.compared_one, public.compared_two').finally(() => admin.end())
  }
  await page.reload()
  const one = page.getByRole('article', { name: 'public.compared_one' })
  await expect(one).toContainText('column removed note')
  await expect(page.getByRole('article', { name: 'public.compared_two' })).toContainText('removed')
  await inspect(page, 'comparison')
  await page.keyboard.press('/')
  await expect(page.getByLabel('Search differences')).toBeFocused()
  await page.keyboard.type('memo')
  await expect(page.getByRole('article', { name: 'public.compared_two' })).toBeHidden()
  await expect(page).toHaveURL(/with=.*q=memo/)
  await page.reload()
  await expect(page.getByLabel('Search differences')).toHaveValue('memo')
  await expect(one).toBeVisible()
  await page.getByRole('link', { name: 'The other way round' }).click()
  await expect(page.getByRole('article', { name: 'public.compared_two' })).toContainText('added')
  await expect(page.getByText('From Compared prod to Compared dev')).toBeVisible()
})

const refresh = async (id: string, page: Page): Promise<void> => {
  const isDone = await page.evaluate(async (source) => {
    const base = `/api/data-sources/${source}`
    const asked = await fetch(`${base}/refresh`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    const run = (await asked.json()).data.id
    for (let tries = 0; tries < 300; tries++) {
      const { status } = (await (await fetch(`${base}/refreshes/${run}`)).json()).data
      if (status === 'done') return true
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return false
  }, id)
  expect(isDone).toBe(true)
}
