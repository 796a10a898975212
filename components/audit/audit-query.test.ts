import { expect, test } from 'vitest'
import { auditFilterOf, auditHref, families, parseAuditQuery } from './audit-query.ts'

test('an address becomes a filter, and what is not known is left out', () => {
  const query = parseAuditQuery({
    q: 'etl',
    event: 'credential',
    outcome: 'odd',
    since: '2026-02-30x',
    until: '2026-11-21',
    x: '1',
  })
  expect(query).toEqual({ q: 'etl', event: 'credential', until: '2026-11-21' })
  expect(auditFilterOf(query)).toEqual({ q: 'etl', event: 'credential', until: '2026-11-22T00:00:00.000Z' })
  expect(auditHref(query, { q: null })).toBe('/workspace/audit?event=credential&until=2026-11-21')
})

test('every family of events has words', () => {
  expect(families).toContainEqual(['api_key', 'API key'])
  expect(families).toContainEqual(['audit_sink', 'Audit sink'])
})
