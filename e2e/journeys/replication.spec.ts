import type { Page } from '@playwright/test'
import { Client } from 'pg'
import { createConnection } from '../fixtures/connections.ts'
import { databaseUrl } from '../fixtures/database.ts'
import { run } from '../fixtures/run.ts'
import { targetLogin } from '../fixtures/target.ts'
import { expect, inspect, signedIn as test } from '../fixtures/test.ts'

const user = 'cdc_user'
const slot = 'journey_slot'
const hostile = '<img src=x onerror=alert(1)>'

const target = async <Row extends object>(text: string): Promise<Row[]> => {
  const client = new Client({ connectionString: run.targetAdmin() })
  await client.connect()
  const { rows } = await client.query<Row>(text)
  await client.end()
  return rows
}
/** A day of looks, which a journey cannot wait for. */
const ageLag = async (): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl(run.home()) })
  await client.connect()
  await client.query(`
    insert into replication_lags (replication_id, at, lag_bytes, retained_bytes, active)
    select id, now() - make_interval(mins => 20 * g), 5e8 * (1 + sin(g / 5.0)), 1e9, g % 9 > 3
    from replications, generate_series(1, 70) g`)
  await client.end()
}
const slots = () => target<{ slot_name: string }>('select slot_name from pg_replication_slots where not temporary')
const publications = () => target('select from pg_publication')

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const row = (page: Page, list: string, text: string) =>
  page.getByRole('list', { name: list }).getByRole('listitem').filter({ hasText: text })

test.beforeAll(() =>
  target(`
    create role ${user} login password '${targetLogin.password}';
    create schema cdc authorization ${user};
    create table cdc.receipts (id bigint primary key, note text, total numeric);
    create table cdc.keyless ("a" text, "${hostile}" text);
    alter table cdc.receipts owner to ${user}; alter table cdc.keyless owner to ${user};`),
)

const choose = async (page: Page, ...names: string[]) => {
  const search = page.getByRole('combobox', { name: 'Tables' })
  for (const name of names) {
    await search.fill(name)
    await page.getByRole('option', { name: `cdc.${name}` }).click()
  }
  await page.keyboard.press('Escape')
}

test('change data capture is checked, set up step by step, watched and undone without a trace', async ({
  page,
  context,
}) => {
  test.setTimeout(300_000)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto('/workspace/data-sources')
  const id = await createConnection(page, { name: 'Captured shop', environment: 'prod', user })
  await page.goto(`/workspace/data-sources/${id}`)
  await page.getByRole('navigation', { name: 'Data source' }).getByRole('link', { name: 'CDC' }).click()
  await expect(region(page, 'About change data capture')).toBeVisible()
  await inspect(page, 'replication-empty')

  // What cannot be right is said before the server is asked.
  await page.getByRole('textbox', { name: 'Replication slot' }).fill('Journey slot')
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(page.getByText('Choose at least one table.')).toBeVisible()
  await expect(page.getByText('Use up to 63 lower-case letters')).toBeVisible()
  await page.getByRole('textbox', { name: 'Replication slot' }).fill(slot)
  await choose(page, 'receipts', 'keyless')
  await page.getByRole('switch', { name: /heartbeat/ }).click()
  await inspect(page, 'replication-form')
  await page.getByRole('button', { name: 'Check', exact: true }).click()

  // The missing right comes with the statement that gives it; copied and run, the check is passed.
  await expect(region(page, 'Check').getByRole('status')).toContainText('to mend')
  await inspect(page, 'replication-check')
  for (const missing of ['The login may replicate', 'The publication can be made']) {
    await row(page, 'What has to hold', missing)
      .getByRole('button', { name: /^Copy / })
      .click()
    await expect(row(page, 'What has to hold', missing).getByRole('button', { name: /^Copied / })).toBeVisible()
    await target(await page.evaluate(() => navigator.clipboard.readText()))
  }
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await expect(region(page, 'Check').getByRole('status')).toContainText('Ready')
  await expect(row(page, 'Tables', 'keyless')).toContainText('nothing')

  // Production is asked about; each step is marked when the server has it.
  for (const step of [
    'Give tables without a key an identity',
    'Make a table for heartbeats',
    'Make the publication',
    'Make the replication slot',
  ]) {
    await page.getByRole('button', { name: `Run “${step}”` }).click()
    await expect(page.getByRole('dialog')).toContainText('in production')
    await page.getByRole('dialog').getByRole('button', { name: 'Run step' }).click()
    await expect(page.getByRole('button', { name: `Run “${step}”` })).toBeHidden()
  }
  await expect(region(page, 'Steps').getByRole('status')).toHaveText('All done')
  expect((await slots()).map(({ slot_name }) => slot_name)).toEqual([slot])
  await expect(region(page, `Slot ${slot}`)).toBeVisible()
  await inspect(page, 'replication-set-up')

  await previews(page)
  await refusesDeletion(page, 'Captured shop')

  // The server is looked at by itself; the page says when.
  await expect
    .poll(async () => (await page.request.get(`/api/data-sources/${id}/cdc`)).text(), { timeout: 60_000 })
    .toContain('"exists":true')
  await ageLag()
  await page.goto(`/workspace/data-sources/${id}/cdc`)
  await expect(region(page, `Slot ${slot}`)).toContainText('Nobody reads it')
  await expect(region(page, `Slot ${slot}`).locator('.recharts-area-area')).toBeVisible()
  await page.getByText('As a table').click()
  await expect(page.getByRole('table', { name: 'Lag' }).getByRole('row').nth(2)).toContainText('MB')
  await inspect(page, 'replication-slot')
  await page.getByText('As a table').click()
  await page.setViewportSize({ width: 390, height: 844 })
  await inspect(page, 'replication-phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1440, height: 900 })

  await page.getByRole('button', { name: 'Check and preview' }).click()
  await page.getByRole('button', { name: 'Undo “Make the replication slot”' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo step' }).click()
  await expect(page.getByRole('button', { name: 'Run “Make the replication slot”' })).toBeVisible()
  expect(await slots()).toEqual([])
  await page.getByRole('button', { name: 'Drop …' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').getByRole('button', { name: 'Drop and undo all steps' }).press('Enter')
  await expect(region(page, 'About change data capture')).toBeVisible({ timeout: 30_000 })
  expect(await publications()).toEqual([])
  expect(await target(`select from pg_tables where tablename = 'jackfield_heartbeat'`)).toEqual([])
  expect(await target(`select relreplident as r from pg_class where relname = 'keyless'`)).toEqual([{ r: 'd' }])
})

/** What is committed meanwhile appears, and none of it is taken for markup. */
const previews = async (page: Page) => {
  const preview = region(page, 'Preview of changes')
  await preview.getByRole('button', { name: 'Start preview' }).click()
  await expect(preview.getByRole('status')).toHaveText('Listening · no change yet')
  await target(`insert into cdc.receipts values (1, null, 1.50)`)
  await target(`update cdc.receipts set note = '' where id = 1`)
  await target(`insert into cdc.keyless values ('${hostile}', E'line\\u202Eenil')`)
  await target(`update cdc.keyless set a = 'tame'`)
  await target(`delete from cdc.receipts; truncate cdc.keyless`)
  const changes = page.getByRole('list', { name: 'Changes, the newest first' }).locator('> li')
  await expect(changes).toHaveCount(6)
  await expect(changes.nth(0)).toContainText('Truncate')
  await expect(changes.nth(2)).toContainText(`${hostile}→tame`)
  await expect(changes.nth(4)).toContainText('empty text')
  await expect(changes.nth(5)).toContainText('NULL')
  await expect(changes.nth(5).getByRole('img', { name: 'Key' })).toHaveCount(1)
  await expect(changes.locator('img')).toHaveCount(0)
  await preview.getByRole('button', { name: 'Pause' }).click()
  await target(`insert into cdc.receipts values (2, 'held', 2)`)
  await expect(preview.getByRole('status')).toHaveText('Paused · 1 change waiting')
  await expect(changes).toHaveCount(6)
  await preview.getByRole('button', { name: 'Go on' }).click()
  await expect(changes).toHaveCount(7)
  await preview.scrollIntoViewIfNeeded()
  await inspect(page, 'replication-preview')
  await preview.getByRole('button', { name: 'Stop preview' }).click()
  await expect(preview.getByRole('status')).toContainText('Stopped')
}

/** The list leads from the refusal to where the slot is dropped. */
const refusesDeletion = async (page: Page, name: string) => {
  await page.goto('/workspace/connections')
  await page.getByRole('button', { name: `Actions for ${name}` }).click()
  await page.getByRole('menuitem', { name: /^Delete/ }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText(slot)
  await expect(dialog.getByRole('button', { name: 'Delete connection' })).toBeHidden()
  await inspect(page, 'replication-kept-connection')
  await dialog.getByRole('link', { name: 'Undo its set-up first.' }).click()
  await expect(region(page, `Slot ${slot}`)).toBeVisible()
}
