import { expect, it } from 'vitest'
import { recogniseUrl } from '../catalog.ts'
import { parseApiText } from './parse-url.ts'

it.each([
  ['https://api.example.com/v1', { base_url: 'https://api.example.com/v1' }, undefined, {}],
  [
    'https://svc:s3cret@api.example.com/',
    { base_url: 'https://api.example.com' },
    'password.basic',
    { username: 'svc', password: 's3cret' },
  ],
  [
    'https://api.example.com/v1/orders?limit=1&api_key=k1',
    { base_url: 'https://api.example.com', test_path: '/v1/orders?limit=1' },
    'api_key.key',
    { placement: 'query', name: 'api_key', api_key: 'k1' },
  ],
  [
    `curl -sS -X GET 'https://api.github.com/user/repos?per_page=5' \\\n  -H "Authorization: Bearer ghp_1" -H 'Accept: application/vnd.github+json' --compressed`,
    {
      base_url: 'https://api.github.com',
      test_path: '/user/repos?per_page=5',
      request_headers: { Accept: 'application/vnd.github+json' },
    },
    'api_key.bearer',
    { token: 'ghp_1' },
  ],
  [
    'curl -u svc:s3cret https://api.example.com/me',
    { base_url: 'https://api.example.com', test_path: '/me' },
    'password.basic',
    { username: 'svc', password: 's3cret' },
  ],
  [
    `curl https://x.example.com/a -H 'X-Api-Key: k2' -H 'Host: evil.example.com'`,
    { base_url: 'https://x.example.com', test_path: '/a' },
    'api_key.key',
    { placement: 'header', name: 'X-Api-Key', api_key: 'k2' },
  ],
  [
    `curl https://x.example.com/a -H 'Authorization: Token t3'`,
    { base_url: 'https://x.example.com', test_path: '/a' },
    'api_key.key',
    { placement: 'header', name: 'Authorization', prefix: 'Token', api_key: 't3' },
  ],
  [
    `curl https://x.example.com/a -H 'Authorization: Basic c3ZjOnDDpHNz'`,
    { base_url: 'https://x.example.com', test_path: '/a' },
    'password.basic',
    { username: 'svc', password: 'päss' },
  ],
] as const)('%s fills the form, and what is secret in it goes into the login', (text, config, kind, credential) => {
  const parsed = parseApiText(text)
  expect(parsed).toMatchObject({ config, credential })
  expect(parsed?.kind).toBe(kind)
  for (const secret of ['s3cret', 'k1', 'ghp_1', 'k2', 't3', 'päss'])
    expect(JSON.stringify([parsed?.config, parsed?.notes])).not.toContain(`"${secret}`)
})

it.each([
  'ftp://x.example.com',
  'https://',
  'https://a b/c',
  'curl',
  'https://x:99999/',
  'postgres://h/db',
  'https://[::g]/',
])('%s is no API', (text) => expect(parseApiText(text)).toBeUndefined())

it('leaves a text to the connector that knows it better', () => {
  expect(recogniseUrl('https://api.example.com/v1')?.manifest.id).toBe('http')
  expect(recogniseUrl('postgres://h/db')?.manifest.id).toBe('postgres')
})
