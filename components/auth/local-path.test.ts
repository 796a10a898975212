import { expect, test } from 'vitest'
import { localPath } from './local-path.ts'

const start = '/workspace/connections'

test.each(['/workspace/settings', '/workspace/connections?role=source&q=a%20b#x'])(
  '%s is where signing in continues',
  (path) => {
    expect(localPath(path)).toBe(path)
  },
)

test.each([
  undefined,
  '',
  'https://evil.example',
  'https:evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\r\n/evil.example',
  '/..//evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
])('signing in never leaves for %j', (path) => {
  expect(localPath(path)).toBe(start)
})
