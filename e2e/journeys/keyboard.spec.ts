import type { Locator, Page } from '@playwright/test'
import { passwordLabel, run } from '../fixtures/run.ts'
import { expect, signedIn as test } from '../fixtures/test.ts'

const target = run.target()

test('a connection is made, tested, saved, browsed, deleted and brought back without a pointer', async ({ page }) => {
  const { keyboard } = page
  await page.goto('/workspace/connections')
  await command(page, 'new source')
  await expect(page).toHaveURL(/\/connections\/new\?role=source/)
  await expect(page.getByRole('searchbox').first()).toBeFocused()
  await keyboard.type('pg')
  await keyboard.press('Enter')
  await expect(page).toHaveURL(/\/new\/postgres/)

  await tabTo(page, page.getByLabel('Connection name'))
  await keyboard.type('By keyboard')
  for (const [label, text] of [
    ['Host', target.host],
    ['Port', String(target.port)],
    ['Database', target.database],
    ['Schema', 'shop'],
    ['Username', target.user],
  ] as const) {
    await tabTo(page, page.getByLabel(label, { exact: true }))
    await keyboard.press('Control+a')
    await keyboard.type(text)
  }
  await tabTo(page, page.getByLabel(passwordLabel))
  await keyboard.type(target.password)
  await tabTo(page, page.getByRole('combobox', { name: 'SSL mode' }))
  await keyboard.press('Enter')
  await pressUntil(
    page,
    'ArrowUp',
    page.locator('[role=option][data-combobox-selected]').filter({ hasText: /^disable/ }),
  )
  await keyboard.press('Enter')
  await expect(page.getByRole('combobox', { name: 'SSL mode' })).toHaveValue(/disable/i)

  await keyboard.press('Control+Shift+Enter')
  await expect(page.getByRole('region', { name: 'Connection test' })).toContainText('Passed', { timeout: 20_000 })
  await keyboard.press('Control+Enter')
  const link = page.getByRole('link', { name: 'By keyboard', exact: true })
  await expect(link).toBeFocused()
  await expect(page.getByRole('row').filter({ hasText: 'By keyboard' })).toContainText('Passed', { timeout: 20_000 })

  await pick(page, 'Discover Tables')
  await expect(page).toHaveURL(/\/data-sources\/conn_/)
  const tree = page.getByRole('tree')
  await tabTo(page, tree)
  await keyboard.press('Home')
  await keyboard.type('cust')
  await expect(tree.getByRole('treeitem').filter({ hasText: 'customers' })).toHaveAttribute('data-active')
  await keyboard.press('Enter')
  await expect(page.getByRole('article')).toContainText('Where the receipt goes')
  await tabTo(page, page.getByRole('tab', { name: /Columns/ }))
  await keyboard.press('ArrowRight')
  await expect(page.getByRole('tab', { name: /Keys/ })).toBeFocused()

  await command(page, 'connections')
  await expect(page).toHaveURL(/\/workspace\/connections$/)
  await expect(link).toBeVisible()
  await pressUntil(page, 'j', link.and(page.locator(':focus')))
  await pick(page, 'Delete')
  const confirm = page.getByRole('button', { name: 'Delete connection' })
  await tabTo(page, confirm)
  await keyboard.press('Enter')
  await expect(link).toBeHidden()
  await tabTo(page, page.getByRole('button', { name: 'Undo' }))
  await keyboard.press('Enter')
  await expect(link).toBeVisible()
})

/** Opens the palette, types, and takes the first result. */
const command = async (page: Page, words: string): Promise<void> => {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'Find a connection' })).toBeFocused()
  await page.keyboard.type(words)
  const option = page.getByRole('option', { name: new RegExp(`^${words}`, 'i') }).first()
  await expect(option).toBeVisible()
  await pressUntil(page, 'ArrowDown', option.and(page.locator('[data-combobox-selected]')))
  await page.keyboard.press('Enter')
}

/** From the row's link to its menu, and to the item of that name. */
const pick = async (page: Page, item: string): Promise<void> => {
  await tabTo(page, page.getByRole('button', { name: 'Actions for By keyboard' }))
  await page.keyboard.press('Enter')
  await pressUntil(page, 'ArrowDown', page.getByRole('menuitem', { name: item }).and(page.locator(':focus')))
  await page.keyboard.press('Enter')
}

const tabTo = (page: Page, control: Locator): Promise<void> =>
  pressUntil(page, 'Tab', control.and(page.locator(':focus')))

const pressUntil = async (page: Page, key: string, goal: Locator): Promise<void> => {
  for (let presses = 0; presses < 80; presses++) {
    if ((await goal.count()) > 0) return
    await page.keyboard.press(key)
    // A busy page shows late what the key did; another press in between would go past the goal.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
  }
  await expect(goal, `${key} does not lead here`).toBeVisible({ timeout: 1_000 })
}
