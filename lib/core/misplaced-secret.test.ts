import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findMisplacedSecret, misplacedSecret } from './misplaced-secret.ts'

// Put together here, so that nothing that looks like a secret stands in the source.
const letters = (count: number) => 'aB3dE5gH1jK7mN9pQ2sT4vW6xY8z'.repeat(4).slice(0, count)
const hex = (count: number) => '0123456789abcdef'.repeat(8).slice(0, count)

const secrets: [string, string][] = [
  ['GitHub', `ghp_${letters(36)}`],
  ['GitHub, fine-grained', `github_pat_${letters(22)}_${letters(59)}`],
  ['GitLab', `glpat-${letters(20)}`],
  ['Slack', `xoxb-${'1'.repeat(12)}-${letters(24)}`],
  ['Slack webhook', `https://hooks.slack.com/services/T${letters(8)}/B${letters(8)}/${letters(24)}`],
  ['Stripe', `sk_live_${letters(24)}`],
  ['Stripe, lower case', `rk_live_${letters(24).toLowerCase()}`],
  ['Anthropic', `sk-ant-api03-${letters(40)}`],
  ['OpenAI', `sk-proj-${letters(48)}`],
  ['Google', `AIza${letters(35)}`],
  ['SendGrid', `SG.${letters(22)}.${letters(43)}`],
  ['Shopify', `shpat_${hex(32)}`],
  ['HubSpot', `pat-eu1-${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`],
  ['Databricks', `dapi${hex(32)}`],
  ['DigitalOcean', `dop_v1_${hex(64)}`],
  ['npm', `npm_${letters(36)}`],
  ['Hugging Face', `hf_${letters(34)}`],
  ['Vault', `hvs.${letters(24)}`],
  ['AWS pair', `AKIA${'ABCDEFGH12345678'} ${letters(38)}/+`],
  ['JWT', `eyJ${letters(20)}.eyJ${letters(40)}.${letters(43)}`],
  ['Jackfield', `jf_team_${letters(36)}`],
  ['bearer', `Authorization: Bearer ${letters(32)}`],
  ['PEM', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['URL', 'postgresql://etl:hunter2@db.example.com/app'],
  ['URL without a user', 'redis://:hunter2@cache.example.com'],
  ['ODBC', 'Server=db;Uid=etl;Pwd=hunt3r-2;'],
  ['libpq', "host=db password='hunter2 and more'"],
  ['.env', 'DATABASE_PASSWORD=hunter2'],
  ['query', 'https://api.example.com/v1?api_key=a1b2c3d4e5'],
  ['JSON', '{"client_secret": "a1b2c3d4e5"}'],
  ['camel case', '{"clientSecret": "a1b2c3d4e5"}'],
  ['sentence', 'The password: hunter2!'],
  ['SQL', "alter role etl password 'hunter2'"],
  ['MySQL', "create user etl identified by 'hunter2'"],
]

const harmless = [
  'db.example.com',
  'ep-cool-lab-123456.eu-central-1.aws.neon.tech',
  'Prod Postgres (EU)',
  'Orders of the web shop; ask the team before changing the password.',
  'password: see the vault',
  'password is rotated quarterly',
  'Token: ask Ada',
  'token=rotated',
  'PASSWORD={{ password }}',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: as it stands in files
  'password=${DB_PASSWORD}',
  'password=********',
  'postgresql://etl:{{ password }}@db.example.com/app',
  'postgresql://db.example.com:5432/app',
  'https://example.com:8443/a@b',
  'AKIAABCDEFGH12345678',
  'arn:aws:iam::123456789012:role/Ingest',
  'SHA256:qX4f2uS1h0Y8b7n6m5l4k3j2h1g0f9d8s7a6p5o4i3u',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----',
  '2001:db8::1',
  'sk-learn models, version 1.2',
  'skipped-because-of-maintenance-windows-in-the-night',
  'api_key_rotation',
  'secret-santa',
  'The key of the SSH server is on the wiki.',
  '00000000-0000-4000-8000-000000000000',
  'select * from tokens where token = $1',
  "comment on column users.password is 'hash'",
  'secretsmanager:prod/db',
  'passwordless',
  'finance, gdpr, owner-data-platform',
]

describe('a secret that was typed where everybody can read it', () => {
  it.each(secrets)('%s is recognised, alone and inside of a sentence', (_, secret) => {
    expect(misplacedSecret(secret)).toBeDefined()
    expect(misplacedSecret(`Use ${secret} for the nightly run.`)).toBeDefined()
  })

  it.each(harmless)('%s is not taken for one', (text) => expect(misplacedSecret(text)).toBeUndefined())

  it('is found anywhere in a value, with its place', () => {
    const [, token = ''] = secrets[0] ?? []
    expect(findMisplacedSecret({ a: [{ 'b/c': token }] })?.pointer).toBe('/a/0/b~1c')
    expect(findMisplacedSecret({ headers: { 'X-Api-Key': 'plain' } })?.pointer).toBe('/headers/X-Api-Key')
    expect(findMisplacedSecret({ headers: { Accept: 'application/json' }, n: 1, no: null })).toBeUndefined()
  })

  it('is looked for in time that grows with the text, whatever it holds', () => {
    const started = performance.now()
    for (const part of [
      'password=',
      'a_',
      'eyJ',
      '://',
      ':',
      'sk-',
      '-----BEGIN ',
      ' ',
      'token.',
      'a.b-c_',
      "password '",
    ])
      misplacedSecret(part.repeat(Math.ceil(100_000 / part.length)))
    fc.assert(
      fc.property(fc.string({ maxLength: 2_000 }), (text) => void misplacedSecret(text)),
      { numRuns: 200 },
    )
    expect(performance.now() - started).toBeLessThan(20_000)
  })
})
