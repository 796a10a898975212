import { expect, test } from 'vitest'
import * as z from 'zod'
import { formFields } from '#lib/connectors/catalog'
import { defineConnector, field } from '#lib/connectors/contract'
import { changeBody, checkForm, createBody, type FormSubject, fieldAt } from './form-model.ts'
import { placeErrors } from './form-resolver.ts'
import { isShown, isUsed, settingsOf } from './form-settings.ts'
import { emptyValues, type FormValues, savedLoginOf, withParsed } from './form-values.ts'

const ui = (label: string) => ({ label, help: 'Help.', group: 'Group' })

/** A connector with every kind of field a manifest can have. */
const manifest = defineConnector({
  id: 'odd',
  name: 'Odd',
  summary: 'Has everything.',
  category: 'other',
  roles: ['source'],
  status: 'available',
  keywords: [],
  config: z.strictObject({
    mode: field(z.enum(['plain', 'paged']).default('plain'), ui('Mode')),
    cursor: field(z.string().min(1, 'Enter the cursor.').optional(), {
      ...ui('Cursor'),
      when: { field: 'mode', in: ['paged'] },
    }),
    verbose: field(z.boolean().default(true), ui('Verbose')),
    headers: field(z.record(z.string().regex(/^[\w-]+$/, 'Use letters.'), z.string().max(5, 'Too long.')).optional(), {
      ...ui('Headers'),
    }),
    scopes: field(z.array(z.string().max(5, 'Too long.')).min(1, 'Give one.'), ui('Scopes')),
    pagination: field(
      z
        .strictObject({
          style: field(z.enum(['none', 'page', 'cursor']).default('none'), ui('Style')),
          size: field(z.number().int().max(100, 'At most 100.').optional(), {
            ...ui('Size'),
            when: { field: 'style', in: ['page', 'cursor'] },
          }),
          path: field(z.string().optional(), { ...ui('Path'), when: { field: 'style', in: ['cursor'] } }),
        })
        .optional(),
      ui('Pagination'),
    ),
  }),
  credentials: ['password.basic', 'api_key.parts', 'aws.assume_role'],
  loginOptional: true,
  capabilities: ['test'],
  presets: [],
  flat: {},
  nodes: [],
  verifiedAgainst: 'nothing',
  summarize: () => '',
  destination: () => ({ scheme: 'odd', host: 'h', port: 1, tls: 'disable' }),
})
const fields = formFields(manifest)
const subject: FormSubject = { manifest, fields, saved: undefined, canBind: false }
const empty = emptyValues(manifest, fields, 'source')
const typed = (config: FormValues['config'], rest: Partial<FormValues> = {}): FormValues => ({
  ...empty,
  name: 'Odd',
  conn_id: 'odd',
  login: 'none',
  ...rest,
  config: { ...empty.config, scopes: ['read'], ...config },
})

test('a list and a map are sent without their blank rows, and as nothing where there are none', () => {
  const config = {
    scopes: ['read', ' ', ' write '],
    headers: [
      { key: ' X-A ', value: ' v ' },
      { key: '', value: '' },
    ],
  }
  expect(settingsOf(typed(config), fields)).toMatchObject({ scopes: ['read', 'write'], headers: { 'X-A': ' v ' } })
  expect(settingsOf(typed({}), fields)).toEqual({ mode: 'plain', verbose: true, scopes: ['read'] })
})

test('names that objects have by themselves are names like any other', () => {
  const headers = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, value: 'v' }))
  const sent = JSON.stringify(settingsOf(typed({ headers }), fields).headers)
  expect(sent).toBe('{"__proto__":"v","constructor":"v","toString":"v"}')
})

test('an error stands at the row it is about, also where blank rows come before it', () => {
  const values = typed({
    scopes: ['', 'read', 'far too long'],
    headers: [
      { key: 'ok', value: 'v' },
      { key: 'not ok', value: 'v' },
      { key: 'X', value: 'far too long' },
      { key: '', value: 'v' },
      { key: 'ok', value: 'w' },
    ],
  })
  const { placed, unplaced } = placeErrors(checkForm(values, subject), subject, values)
  expect(unplaced).toEqual([])
  expect(Object.fromEntries(placed)).toEqual({
    'config.scopes.2': 'Too long.',
    'config.headers.1': 'Use letters.',
    'config.headers.2': 'Too long.',
    'config.headers.3': 'Give it a name.',
    'config.headers.4': '“ok” is there already.',
  })
  expect(fieldAt('/config/headers', subject, values)).toBe('config.headers')
})

test('a setting that another one calls for is shown, sent and checked only then', () => {
  const cursor = fields.find(({ name }) => name === 'cursor') as never
  const hidden = typed({ cursor: 'abc' })
  expect(isShown(cursor, hidden, fields)).toBe(false)
  expect(settingsOf(hidden, fields)).not.toHaveProperty('cursor')
  const shown = typed({ cursor: 'abc', mode: 'paged' })
  expect(isShown(cursor, shown, fields)).toBe(true)
  expect(settingsOf(shown, fields)).toMatchObject({ mode: 'paged', cursor: 'abc' })
})

test('a hidden setting of a saved connection is taken away with what called for it', () => {
  const before = typed({ cursor: 'abc', mode: 'paged' })
  expect(changeBody(typed({ cursor: 'abc' }), before, subject)).toEqual({ config: { mode: 'plain', cursor: null } })
})

test('a group counts only where something in it is not as it came, and hides members by its own fields', () => {
  const members = fields.filter(({ name }) => name.startsWith('pagination/'))
  expect(isUsed(empty, members)).toBe(false)
  expect(createBody(typed({ 'pagination/size': '50' }), subject).config).not.toHaveProperty('pagination')
  const paged = typed({ 'pagination/style': 'page', 'pagination/size': '50', 'pagination/path': 'next' })
  expect(createBody(paged, subject).config).toMatchObject({ pagination: { style: 'page', size: 50 } })
  const wrong = typed({ 'pagination/style': 'page', 'pagination/size': '500' })
  expect(checkForm(wrong, subject).map(({ pointer }) => fieldAt(pointer, subject))).toEqual(['config.pagination/size'])
})

test('a connector that works without a login sends none, and asks for nothing', () => {
  expect(createBody(typed({}), subject)).toMatchObject({ credential_id: null })
  expect(checkForm(typed({}), subject)).toEqual([])
  expect(checkForm(typed({}, { login: 'typed' }), subject).map(({ pointer }) => pointer)).toEqual([
    '/credential/password',
  ])
})

test('a connector that logs in to nothing has no kind of login at all', () => {
  const bare = { ...manifest, credentials: [] as const, loginOptional: undefined }
  const values = emptyValues(bare as never, fields, 'source')
  expect(values).toMatchObject({ login: 'none', kind: null, credential: {}, secrets: {} })
  expect(checkForm({ ...values, name: 'A', conn_id: 'a' }, { ...subject, manifest: bare as never })).toEqual([
    { pointer: '/config/scopes', message: 'Give one.' },
  ])
})

test('lists and secret maps of a credential are sent as what they are', () => {
  const parts = { ...savedLoginOf({ credential: null }, 'api_key.parts'), login: 'typed' as const }
  const headers = [{ key: 'X-Key', value: ' s3cret ' }]
  const values = typed({}, { ...parts, credential: { ...parts.credential, headers } })
  expect(createBody(values, subject)).toMatchObject({
    credential: { kind: 'api_key.parts', config: { headers: { 'X-Key': ' s3cret ' } } },
  })
  const role = { ...savedLoginOf({ credential: null }, 'aws.assume_role'), login: 'typed' as const }
  const chain = ['arn:aws:iam::123456789012:role/A', 'nonsense']
  const wrong = typed({}, { ...role, credential: { ...role.credential, chain_role_arns: chain } })
  const { placed } = placeErrors(checkForm(wrong, subject), subject, wrong)
  expect([...placed.keys()]).toEqual(['credential.role_arn', 'credential.chain_role_arns.1'])
})

test('what was pasted fills the kind of login it holds, and only fields that the form has', () => {
  const read = {
    config: { mode: 'paged', scopes: ['a', 'b'], headers: { 'X-A': 'v' }, nope: 'x', 'pagination/size': 5 },
    kind: 'api_key.parts' as const,
    credential: { headers: { Authorization: 'Bearer t' }, nope: 'x' },
    notes: [],
  }
  const values = withParsed(typed({}), read, manifest)
  expect(values).toMatchObject({ login: 'typed', kind: 'api_key.parts' })
  expect(values.credential.headers).toEqual([{ key: 'Authorization', value: 'Bearer t' }])
  expect(values.config).toMatchObject({ scopes: ['a', 'b'], headers: [{ key: 'X-A', value: 'v' }] })
  expect({ ...values.config, ...values.credential }).not.toHaveProperty('nope')
  expect(withParsed(typed({}), { ...read, credential: {} }, manifest).login).toBe('none')
})
