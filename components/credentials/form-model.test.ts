import { describe, expect, it } from 'vitest'
import { credentialKindNames } from '#lib/credentials/kinds'
import type { CredentialView } from '#lib/credentials/schema'
import { formKind } from './form-kinds.ts'
import {
  changeBody,
  checkValues,
  createBody,
  isSameAt,
  pathOfPointer,
  valuesOf,
  withoutSecrets,
  withReplacement,
} from './form-model.ts'

const database = formKind('database.password')
const saved = {
  name: 'Orders',
  scope: 'workspace',
  environment: 'prod',
  system: null,
  owner_team: 'Data',
  description: null,
  expires_at: '2027-01-31T23:59:59.000Z',
  rotate_every_days: 90,
  config: { username: 'etl', port: 5432 },
  secret: {
    set: true,
    fields: ['password'],
    version: 1,
    updated_at: '2026-01-01T00:00:00.000Z',
    fingerprint: null,
    locked: false,
  },
} as unknown as CredentialView

describe('the credential form', () => {
  it.each(credentialKindNames)('draws %s with every field of the kind and a widget for each', (name) => {
    const kind = formKind(name)
    const values = valuesOf(kind)
    for (const { name, widget } of kind.fields) {
      const holder = widget === 'list' ? values.list : widget === 'map' ? values.map : values.text
      expect(holder).toHaveProperty(name)
    }
  })

  it('sends nothing when nothing changed: a kept secret is not mentioned, not even as a mask', () => {
    const values = valuesOf(database, saved)
    expect(changeBody(values, values, database)).toEqual({})
    expect(JSON.stringify(values)).not.toContain('***')
  })

  it('sends a replaced secret byte for byte, null for a cleared one and null for an emptied field', () => {
    const before = valuesOf(database, saved)
    const after = { ...before, owner_team: '', text: { ...before.text, password: ' new ', port: '' } }
    const replaced = { ...after, secrets: { ...after.secrets, password: 'set' as const } }
    expect(changeBody(replaced, before, database)).toEqual({
      owner_team: null,
      config: { password: ' new ', port: null },
    })
    const cleared = { ...before, secrets: { ...before.secrets, password: 'clear' as const } }
    expect(changeBody(cleared, before, database)).toEqual({ config: { password: null } })
  })

  it('does not send what was typed and then kept after all', () => {
    const before = valuesOf(database, saved)
    const typed = { ...before, text: { ...before.text, password: 'half typed' } }
    expect(changeBody(typed, before, database)).toEqual({})
  })

  it('asks for what is required, and for the new value of a secret that is to be replaced', () => {
    expect(checkValues(valuesOf(database), database, undefined).map(({ path }) => path)).toEqual([
      'name',
      'config.username',
    ])
    const replacing = withReplacement(valuesOf(database, saved), database)
    expect(checkValues(replacing, database, saved)).toEqual([
      { path: 'config.password', message: 'Type the new value, or keep the stored one.' },
    ])
  })

  it('makes lists, maps and numbers out of what was typed, and the schema’s defaults out of nothing', () => {
    const parts = formKind('api_key.parts')
    const pairs = [
      { key: ' X-Key ', value: 's ' },
      { key: '', value: '' },
    ]
    const values = { ...valuesOf(parts), name: 'Parts', map: { headers: pairs, query: [] } }
    expect(createBody(values, parts)).toMatchObject({ kind: 'api_key.parts', config: { headers: { 'X-Key': 's ' } } })
    expect(createBody(valuesOf(formKind('api_key.key')), formKind('api_key.key')).config).toEqual({
      placement: 'header',
      name: 'Authorization',
    })
  })

  it('finds the field of a pointer, also of one inside a map', () => {
    expect(pathOfPointer('/config/headers/X-Key', formKind('api_key.parts'))).toBe('config.headers')
    expect(pathOfPointer('/config/nothing', database)).toBeUndefined()
    expect(pathOfPointer('/expires_at', database)).toBe('expires_at')
  })

  it('takes the sentence away from a field that was edited, and from no other', () => {
    const before = valuesOf(database, saved)
    const after = { ...before, system: 'Orders', text: { ...before.text, port: '1' } }
    expect(['config.port', 'system', 'config.username', 'name'].map((path) => isSameAt(path, before, after))).toEqual([
      false,
      false,
      true,
      true,
    ])
  })

  it('keeps no secret once it was saved', () => {
    const typed = { ...valuesOf(database), text: { username: 'etl', password: 'hunter2' } }
    expect(JSON.stringify(withoutSecrets(typed, database))).not.toContain('hunter2')
  })
})
