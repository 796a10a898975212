import { expect, test } from 'vitest'
import type { ConnectionView } from '#lib/connections/schema'
import { formFields, manifestOf } from '#lib/connectors/catalog'
import {
  changeBody,
  checkForm,
  createBody,
  draftBody,
  type FormSubject,
  fieldAt,
  sealedElsewhere,
  slugFrom,
} from './form-model.ts'
import { copyOf, emptyValues, type FormValues, valuesOf } from './form-values.ts'

const manifest = manifestOf('postgres')
const fields = formFields(manifest)
const at = '2026-11-18T10:00:00.000Z'

const view: ConnectionView = {
  id: 'conn_1',
  conn_id: 'prod',
  name: 'Prod',
  type: 'postgres',
  role: 'source',
  environment: 'prod',
  tags: ['finance'],
  description: null,
  config: { host: 'db.example.com', port: 5432, database: 'app', schema: 'public', ssl_mode: 'verify-full' },
  summary: 'db.example.com:5432/app',
  credential_id: 'cred_1',
  credential: {
    id: 'cred_1',
    name: 'prod',
    type: 'database',
    kind: 'database.password',
    config: { username: 'etl' },
    secret: { set: true, fields: ['password'], version: 3, updated_at: at, fingerprint: 'f', locked: false },
  },
  host: 'db.example.com',
  port: 5432,
  schema: 'app',
  login: 'etl',
  password: '********',
  extra: null,
  used_by_count: 0,
  restricted: false,
  granted: null,
  last_test: null,
  test_state: 'never_tested',
  revision: 1,
  created_at: at,
  updated_at: at,
  created_by: 'usr_1',
  deleted_at: null,
}

const creating: FormSubject = { manifest, fields, saved: undefined, canBind: false }
const editing: FormSubject = { manifest, fields, saved: view, canBind: false }
const initial = valuesOf(view, manifest, fields, false)
const edited = (change: Partial<FormValues>): FormValues => ({ ...initial, ...change })
const typed = (config: Record<string, string>): FormValues => ({
  ...initial,
  config: { ...initial.config, ...config },
})

test('a new connection is sent in the canonical shape, with numbers as numbers and without empty settings', () => {
  const values: FormValues = {
    ...emptyValues(manifest, fields, 'source'),
    name: ' Prod ',
    conn_id: 'prod',
    config: { host: ' db.example.com ', port: '6432', database: 'app', schema: '', ssl_mode: 'require' },
    credential: { username: ' etl ', password: ' p w ', extra: '' },
  }
  expect(createBody(values, creating)).toEqual({
    type: 'postgres',
    name: 'Prod',
    conn_id: 'prod',
    role: 'source',
    environment: null,
    tags: [],
    description: null,
    config: { host: 'db.example.com', port: 6432, database: 'app', ssl_mode: 'require' },
    credential: { kind: 'database.password', config: { username: 'etl', password: ' p w ' } },
  })
  expect(checkForm(values, creating)).toEqual([])
})

test('saving an edit sends only what changed, and never the mask of a kept secret', () => {
  expect(changeBody(edited({ name: 'Prod 2' }), initial, editing)).toEqual({ name: 'Prod 2' })
  expect(changeBody(typed({ schema: '', port: '6432' }), initial, editing)).toEqual({
    config: { port: 6432, schema: null },
  })
  const renamed = edited({ credential: { ...initial.credential, username: 'other' } })
  expect(changeBody(renamed, initial, editing)).toEqual({
    credential: { kind: 'database.password', config: { username: 'other' } },
  })
  expect(JSON.stringify([initial, changeBody(renamed, initial, editing)])).not.toContain('***')
})

test('replace, clear and pick are told apart', () => {
  const set = edited({
    credential: { ...initial.credential, password: 'new' },
    secrets: { password: 'set', extra: 'set' },
  })
  expect(changeBody(set, initial, editing)).toMatchObject({
    credential: { config: { username: 'etl', password: 'new' } },
  })
  const clear = edited({ secrets: { password: 'clear', extra: 'set' } })
  expect(changeBody(clear, initial, editing)).toMatchObject({ credential: { config: { password: null } } })
  const pick = edited({ login: 'stored', credential_id: 'cred_2' })
  expect(changeBody(pick, initial, editing)).toEqual({ credential_id: 'cred_2' })
})

test('a draft test of an edit uses the stored secret through its connection', () => {
  expect(draftBody(typed({ database: 'other' }), initial, editing)).toMatchObject({
    connection_ref: 'conn_1',
    config: { database: 'other' },
  })
  expect(draftBody(typed({ database: 'other' }), initial, editing)).not.toHaveProperty('credential')
  const set = edited({
    credential: { ...initial.credential, password: 'new' },
    secrets: { password: 'set', extra: 'set' },
  })
  expect(draftBody(set, initial, editing)).toMatchObject({
    connection_ref: 'conn_1',
    credential: { config: { password: 'new' } },
  })
})

test('a kept secret is asked for again when host, port or TLS would change under it', () => {
  expect(sealedElsewhere(typed({ database: 'other' }), editing)).toBeUndefined()
  for (const change of [{ host: 'evil.example.com' }, { port: '6432' }, { ssl_mode: 'disable' }]) {
    const values = typed(change)
    expect(sealedElsewhere(values, editing)?.fields).toEqual(['password'])
    expect(checkForm(values, editing)).toEqual([
      { pointer: '/credential/password', message: 'Type it again for the new destination.' },
    ])
    const mayBind = { ...editing, canBind: true }
    expect(checkForm(values, mayBind).map(({ pointer }) => pointer)).toEqual(['/credential/password'])
    expect(checkForm({ ...values, rebind: true }, mayBind)).toEqual([])
  }
})

test('every wrong field is named by the pointer the API would use', () => {
  const values: FormValues = { ...emptyValues(manifest, fields, 'source'), conn_id: 'Not A Slug' }
  const wrong = checkForm({ ...values, config: { ...values.config, port: '99999' } }, creating)
  expect(wrong.map(({ pointer }) => pointer)).toEqual([
    '/name',
    '/conn_id',
    '/config/host',
    '/config/port',
    '/config/database',
    '/credential/username',
  ])
  expect(wrong.every(({ message }) => /^[A-Z].*\.$/.test(message))).toBe(true)
})

test('pointers of the canonical and of the flat body lead to the same field', () => {
  const paths = ['/config/host', '/host', '/credential/password', '/credential/config/password', '/password', '/login']
  expect(paths.map((pointer) => fieldAt(pointer, creating))).toEqual([
    'config.host',
    'config.host',
    'credential.password',
    'credential.password',
    'credential.password',
    'credential.username',
  ])
  expect(fieldAt('/schema', creating)).toBe('config.database')
  expect(fieldAt('/tags/0', creating)).toBe('tags')
  expect(fieldAt('/config/nope', creating)).toBeUndefined()
  expect(fieldAt('', creating)).toBeUndefined()
})

test('an id is derived from any name', () => {
  expect(slugFrom('Prod Postgres (EU)')).toBe('prod-postgres-eu')
  expect(slugFrom('Überweisungen – Köln')).toBe('uberweisungen-koln')
  expect(slugFrom(`${'a'.repeat(63)} b`)).toBe('a'.repeat(63))
})

const tunnel = { host: 'bastion.example.com', port: 22, user: 'jump', host_key: `SHA256:${'k'.repeat(43)}` }
const withTunnel = (over: Record<string, string> = {}): FormValues => ({
  ...initial,
  config: {
    ...initial.config,
    'ssh_tunnel/host': tunnel.host,
    'ssh_tunnel/user': tunnel.user,
    'ssh_tunnel/host_key': tunnel.host_key,
    ...over,
  },
})

test('a tunnel is a group that is left out until something is typed in it', () => {
  expect(createBody(initial, creating).config).not.toHaveProperty('ssh_tunnel')
  expect(changeBody(withTunnel(), initial, editing).config).toEqual({ ssh_tunnel: tunnel })
  expect(changeBody(initial, withTunnel(), editing).config).toEqual({ ssh_tunnel: null })
  const body = changeBody(withTunnel({ 'ssh_tunnel/port': '2222' }), withTunnel(), editing)
  expect(body.config).toEqual({ ssh_tunnel: { ...tunnel, port: 2222 } })
})

test('a saved tunnel opens in the form, and its errors stand at its fields', () => {
  const saved = valuesOf({ ...view, config: { ...view.config, ssh_tunnel: tunnel } }, manifest, fields, false)
  expect(saved.config).toMatchObject({ 'ssh_tunnel/host': tunnel.host, 'ssh_tunnel/port': '22' })
  const wrong = checkForm(withTunnel({ 'ssh_tunnel/user': '', 'ssh_tunnel/host_key': 'MD5:aa' }), creating)
  expect(wrong.map(({ pointer }) => fieldAt(pointer, creating))).toEqual([
    'config.ssh_tunnel/user',
    'config.ssh_tunnel/host_key',
  ])
})

test('a tunnel that is added, changed or removed asks for the kept secrets again', () => {
  const tunnelled: FormSubject = {
    ...editing,
    saved: { ...view, config: { ...view.config, ssh_tunnel: tunnel } },
  }
  expect(sealedElsewhere(withTunnel(), editing)?.to).toContain('through jump@bastion.example.com:22')
  expect(sealedElsewhere(withTunnel(), tunnelled)).toBeUndefined()
  expect(sealedElsewhere(initial, tunnelled)?.fields).toEqual(['password'])
  for (const [name, value] of [
    ['host', 'other.example.com'],
    ['port', '2222'],
    ['user', 'root'],
    ['host_key', `SHA256:${'x'.repeat(43)}`],
  ]) {
    expect(sealedElsewhere(withTunnel({ [`ssh_tunnel/${name}`]: value ?? '' }), tunnelled)?.fields, name).toEqual([
      'password',
    ])
  }
})

test('a copy takes the stored credential along where it may be attached, and else asks for the secret', () => {
  const attached = createBody(copyOf(view, manifest, fields, true), creating)
  expect(attached).toMatchObject({
    name: 'Prod copy',
    conn_id: 'prod-copy',
    environment: 'prod',
    credential_id: 'cred_1',
  })
  expect(attached).not.toHaveProperty('credential')
  const own = createBody(copyOf(view, manifest, fields, false), creating)
  expect(own).toMatchObject({ credential: { kind: 'database.password', config: { username: 'etl' } } })
  expect(own).not.toHaveProperty('credential_id')
})
