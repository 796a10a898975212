import { expect, it } from 'vitest'
import { manifest } from './manifest.ts'
import { parseServiceUrl } from './parse-url.ts'

it.each([
  ['tcp://queue.example.com:9000', { host: 'queue.example.com', port: 9000 }],
  ['tls://queue.example.com:9000', { host: 'queue.example.com', port: 9000, ssl_mode: 'verify-full' }],
  ['redis://:secret@cache:6380/0', { host: 'cache', port: 6380, banner: 'matches', send: 'PING\\r\\n' }],
  ['ldaps://[2001:db8::1]', { host: '2001:db8::1', port: 636, ssl_mode: 'verify-full' }],
])('reads %j', (text, config) => {
  const parsed = parseServiceUrl(text)
  expect(parsed?.config).toMatchObject(config)
  expect(manifest.config.safeParse(parsed?.config).success).toBe(true)
})

it('leaves a login out and says so without repeating it', () => {
  const parsed = parseServiceUrl('amqp://etl:canary-pw@queue.example.com/vhost')
  expect(parsed?.credential).toEqual({})
  expect(parsed?.notes.join()).toMatch(/login was left out/)
  expect(JSON.stringify(parsed)).not.toContain('canary')
})

it('knows nothing of others', () => {
  for (const text of ['https://example.com', 'postgresql://h/db', 'h:80', 'tcp', ''])
    expect(parseServiceUrl(text)).toBeUndefined()
})
