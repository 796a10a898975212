import { expect, test } from 'vitest'
import { formatBytes, formatCompact, formatNumber, plural } from './number.ts'
import { exactTime, formatDuration, relativeTime } from './time.ts'
import { describeUserAgent } from './user-agent.ts'

const now = Date.parse('2026-11-21T10:00:00Z')
const ago = (ms: number) => relativeTime(now - ms, now)

test('a moment reads as the distance a person would say', () => {
  expect(ago(2_000)).toBe('just now')
  expect(ago(42_000)).toBe('42 s ago')
  expect(ago(3 * 60_000)).toBe('3 min ago')
  expect(ago(59 * 60_000 + 59_000)).toBe('59 min ago')
  expect(ago(5 * 3_600_000)).toBe('5 h ago')
  expect(ago(86_400_000)).toBe('1 day ago')
  expect(ago(3 * 86_400_000)).toBe('3 days ago')
  expect(ago(70 * 86_400_000)).toBe('2 months ago')
  expect(ago(800 * 86_400_000)).toBe('2 years ago')
  expect(ago(-2 * 86_400_000)).toBe('in 2 days')
})

test('an exact moment names its time zone', () => {
  expect(exactTime('2026-11-21T09:04:12Z', 'UTC')).toBe('21 Nov 2026, 09:04:12 UTC')
})

test('a duration keeps a decimal only where it says something', () => {
  expect([0.84, 3, 42.4, 999.6, 1400, 61_000, 120_000].map(formatDuration)).toEqual([
    '0.8 ms',
    '3 ms',
    '42 ms',
    '1 s',
    '1.4 s',
    '1 min 1 s',
    '2 min',
  ])
})

test('numbers are grouped and sizes have a unit', () => {
  expect(formatNumber(1_234_567)).toBe('1,234,567')
  expect(formatCompact(1_234_567)).toBe('1.2M')
  expect([0, 512, 1024, 1536, 10 * 1024 ** 2, 5.5 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '512 B',
    '1 KB',
    '1.5 KB',
    '10 MB',
    '5.5 GB',
  ])
  expect([plural(1, 'table'), plural(2000, 'table'), plural(0, 'index', 'indexes')]).toEqual([
    '1 table',
    '2,000 tables',
    '0 indexes',
  ])
})

test('a browser is named as its owner knows it', () => {
  const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  expect(
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/141.0.0.0 Safari/537.36`,
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/141.0.0.0 Safari/537.36 Edg/141.0`,
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 14.1; rv:143.0) Gecko/20100101 Firefox/143.0',
      'curl/8.5.0',
      null,
    ].map(describeUserAgent),
  ).toEqual(['Chrome on Linux', 'Edge on Windows', 'Firefox on macOS', 'curl/8.5.0', 'Unknown browser'])
})
