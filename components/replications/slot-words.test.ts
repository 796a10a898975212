import { describe, expect, test } from 'vitest'
import type { ReplicationView } from '#lib/replications/schema'
import { slotState } from './slot-words.ts'

const seen = {
  name: 'shop',
  exists: true,
  active: true,
  plugin: 'pgoutput',
  lag_bytes: 0,
  retained_bytes: 0,
  safe_bytes: null,
  wal_status: 'reserved',
}
const of = (change: Partial<typeof seen> | null): string =>
  slotState({ slot_made: true, seen: change && { ...seen, ...change } } as ReplicationView).tone

describe('how a slot is', () => {
  test('is a danger when it is lost, about to be, or gone, whoever reads it', () => {
    expect(of({ wal_status: 'lost' })).toBe('danger')
    expect(of({ wal_status: 'unreserved' })).toBe('danger')
    expect(of({ exists: false })).toBe('danger')
  })

  test('is a warning when nobody reads it, and fine when somebody does', () => {
    expect(of({ active: false })).toBe('warning')
    expect(of({})).toBe('success')
    expect(of(null)).toBe('neutral')
  })
})
