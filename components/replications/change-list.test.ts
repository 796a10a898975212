import { describe, expect, test } from 'vitest'
import { rowsOf, type ShownChange, shownMax, withChanges } from './change-list.ts'

const change = (id: number): ShownChange => ({
  id,
  type: 'change',
  kind: 'insert',
  schema: 'public',
  name: 'orders',
  lsn: null,
  committed_at: null,
  before: null,
  after: null,
})

describe('the changes of a preview', () => {
  test('stand with the newest first, and never more than are kept', () => {
    expect(withChanges([change(1)], [change(2), change(3)]).map(({ id }) => id)).toEqual([3, 2, 1])
    const many = Array.from({ length: shownMax + 50 }, (_, at) => change(at))
    const shown = withChanges([change(-1)], many)
    expect([shown.length, shown[0]?.id]).toEqual([shownMax, shownMax + 49])
  })

  test('are compared column by column: NULL is not an empty text, and what was kept did not change', () => {
    const rows = rowsOf({
      before: [
        { name: 'id', value: '1', key: true },
        { name: 'note', value: null, key: false },
        { name: 'long', value: 'x', key: false },
      ],
      after: [
        { name: 'id', value: '1', key: true },
        { name: 'note', value: '', key: false },
        { name: 'long', value: { kept: true }, key: false },
      ],
    })
    expect(rows.map(({ name, key, isDifferent }) => [name, key, isDifferent])).toEqual([
      ['id', true, false],
      ['note', false, true],
      ['long', false, false],
    ])
  })

  test('say nothing of a side that was not sent', () => {
    const [row] = rowsOf({ before: null, after: [{ name: 'id', value: '1', key: true }] })
    expect(row).toEqual({ name: 'id', key: true, before: undefined, after: '1', isDifferent: false })
  })
})
