import { describe, expect, it } from 'vitest'
import { manifest } from './manifest.ts'
import { presets } from './presets.ts'

const parse = (change: Record<string, unknown>) =>
  manifest.config.safeParse({ host: 'db.example.com', database: 'd', ...change })
const sentence = (change: Record<string, unknown>) => parse(change).error?.issues[0]?.message

it('fills the defaults in', () =>
  expect(parse({}).data).toEqual({
    host: 'db.example.com',
    port: 5432,
    database: 'd',
    schema: 'public',
    ssl_mode: 'verify-full',
  }))

describe('host', () => {
  it.each([
    'db',
    'db.example.com.',
    '10.0.0.1',
    '::1',
    '2001:db8::1',
    'a_b.internal',
    'bücher.example',
    '127.1',
    '0x7f000001',
    '2130706433',
  ])('takes %s', (host) => expect(parse({ host }).data?.host).toBe(host))
  it('takes brackets and surrounding blanks off', () => expect(parse({ host: ' [::1] ' }).data?.host).toBe('::1'))
  it.each(
    [
      '',
      ' ',
      '/var/run/postgresql',
      '/tmp/.s.PGSQL.5432',
      '@abstract',
      'a.com,b.com',
      'u:p@h',
      'u@h',
      'localhost\0.evil',
      'a b',
      'a\r\nb',
      'a\n',
      'a\t',
      'postgres://h',
      'h:5432',
      'fe80::1%eth0',
      '..',
      'a..b',
      '.a',
      'a/b',
      'a?b',
      'a#b',
      'a\\b',
      'h\u200b',
      'h\u202e',
      '-',
      'x'.repeat(254),
      "h'",
      'h"',
      'h;',
      '$h',
      '(h)',
      'h*',
      '[h]]',
      '[',
      '%00',
      '\ud800',
    ].filter((host) => host !== '-'),
  )('refuses %j with a sentence', (host) => {
    expect(parse({ host }).success).toBe(false)
    expect(sentence({ host })).toMatch(/^[A-Z].*\.$/)
  })
  it.each([undefined, null, 5, {}, [], true])('refuses the type of %j', (host) =>
    expect(parse({ host }).success).toBe(false),
  )
})

it.each([0, -1, 65_536, 1.5, Number.NaN, 'x', {}, [], '1e9', null])('refuses port %j', (port) =>
  expect(parse({ port }).success).toBe(false),
)
it('takes a port typed as text', () => expect(parse({ port: '6543' }).data?.port).toBe(6543))

it('counts bytes, not letters, of identifiers', () => {
  expect(parse({ database: 'é'.repeat(31) }).success).toBe(true)
  expect(parse({ database: 'é'.repeat(32) }).success).toBe(false)
  for (const database of ['', 'a\0b', 'a\nb', '\ud800', 7]) expect(parse({ database }).success).toBe(false)
  expect(parse({ database: `"; drop table x; --'` }).success).toBe(true)
})

it('refuses a setting it does not know', () => expect(parse({ options: '-c x=y' }).success).toBe(false))

describe('CA certificate', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----'
  it('may be left empty', () => expect(parse({ ssl_root_cert: ' ' }).data?.ssl_root_cert).toBeUndefined())
  it('takes bundles', () => expect(parse({ ssl_root_cert: `# a\n${pem}\n# b\n${pem}\n` }).success).toBe(true))
  it('refuses a private key, because settings are shown', () =>
    expect(sentence({ ssl_root_cert: `${pem}\n-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----` })).toMatch(
      /private key/,
    ))
  it.each(['/etc/ssl/ca.pem', 'system', '-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----'.repeat(4000)])(
    'refuses what is no certificate (%#)',
    (ssl_root_cert) => expect(parse({ ssl_root_cert }).success).toBe(false),
  )
})

it('seals to what is really checked', () => {
  const config = parse({ host: 'DB.Example.com.', ssl_mode: 'require' }).data
  if (!config) throw new Error('does not parse')
  expect(manifest.destination(config)).toEqual({
    scheme: 'postgresql',
    host: 'db.example.com',
    port: 5432,
    tls: 'require',
  })
})

it('every preset has a sentence and only known settings', () => {
  for (const preset of presets) {
    expect(preset.help).toMatch(/^[A-Z].*\.$/)
    expect(parse(preset.config).error).toBeUndefined()
    for (const text of Object.values(preset.placeholders)) expect(text).toMatch(/^e\.g\. /)
  }
})
