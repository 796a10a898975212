import { expect, test } from 'vitest'
import { defaultSettings, sourceSettings } from '#lib/data-sources/configuration'
import { settingsOf, valuesOf } from './form-values.ts'

test('what is shown and sent again unchanged is the same configuration', () => {
  const settings = sourceSettings.parse({
    schedule: { kind: 'cron', expression: '0 6 * * 1-5', timezone: 'Europe/Berlin' },
    include: ['sales.*', 'public.orders'],
    max_cost: 1_000_000,
    limits: { rows: 500, cell_bytes: 1_000 },
    writes: true,
  })
  expect(sourceSettings.parse(settingsOf(valuesOf(settings)))).toEqual(settings)
  expect(sourceSettings.parse(settingsOf(valuesOf(defaultSettings)))).toEqual(defaultSettings)
})

test('numbers may be grouped, and what is none is sent as typed so that the server names it', () => {
  const values = { ...valuesOf(defaultSettings), rows: '20,000', columns: 'many', max_cost: ' ', megabytes: '1.5' }
  const sent = settingsOf(values)
  expect(sent.limits).toMatchObject({ rows: 20_000, columns: 'many', bytes: 1_572_864 })
  expect(sent.max_cost).toBeNull()
  expect(sourceSettings.safeParse(sent).error?.issues.map(({ path }) => path.join('/'))).toEqual(['limits/columns'])
})
