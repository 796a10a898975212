import type { Page } from '@playwright/test'
import { createConnection } from '../fixtures/connections.ts'
import { askTarget } from '../fixtures/editor.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const user = 'forget_user'
const slot = 'forgotten_slot'
const slots = async () =>
  (await askTarget<{ slot_name: string }>(`select slot_name from pg_replication_slots where slot_name = '${slot}'`))
    .length

test.beforeAll(() =>
  askTarget(`create role ${user} login replication password '${targetLogin.password}';
    create schema forget authorization ${user};
    create table forget.receipts (id bigint primary key); alter table forget.receipts owner to ${user};
    grant create on database ${targetLogin.database} to ${user}`),
)
test.afterAll(async () => {
  await askTarget(`select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '${slot}'`)
  await askTarget(`drop publication if exists forget; drop schema forget cascade`)
})

/** Takes the steps as the page does, one after the other. */
const setUp = async (page: Page, id: string) => {
  for (const step of ['publication', 'slot']) {
    const tables = [{ schema: 'forget', name: 'receipts' }]
    const answer = await page.request.post(`/api/data-sources/${id}/cdc/steps`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { tables, publication: 'forget', slot, heartbeat: null, step },
    })
    expect([answer.status(), await answer.text()]).toEqual([200, expect.stringContaining(step)])
  }
}

test('a slot is forgotten with a reason that is recorded, and nothing happens at its server', async ({ page }) => {
  await page.goto('/workspace/connections')
  const id = await createConnection(page, { name: 'Shop that moved', user })
  await setUp(page, id)
  await page.goto(`/workspace/data-sources/${id}/cdc`)
  const card = page.getByRole('region', { name: `Slot ${slot}`, exact: true })
  await card.getByRole('button', { name: 'Forget …' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('keeps changes until the disk is full')
  const forget = dialog.getByRole('button', { name: 'Forget it' })
  await expect(forget).toBeDisabled()
  await inspect(page, 'replication-forget')
  await dialog.getByLabel('Why it is forgotten').fill('The server was taken out of service')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(card.getByRole('button', { name: 'Forget …' })).toBeFocused()
  await card.getByRole('button', { name: 'Forget …' }).click()
  await dialog.getByLabel('Why it is forgotten').fill('The server was taken out of service')
  await forget.click()
  await expect(card).toBeHidden()
  await expect(page.getByRole('region', { name: 'About change data capture' })).toBeVisible()
  expect(await slots()).toBe(1)

  await page.goto('/workspace/audit?event=replication')
  const row = page.getByRole('table', { name: 'Audit trail' }).getByRole('row')
  await row.getByRole('button', { name: 'forgot a replication slot without dropping it' }).first().click()
  await expect(page.getByRole('table', { name: 'Audit trail' })).toContainText('The server was taken out of service')
})
