import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { nameKey } from '#lib/core/text'
import { storeCredential } from './attach.ts'
import { parseBundle } from './bundle.ts'
import { type CredentialKind, credentialKinds } from './kinds.ts'
import { lockCheck } from './locks.ts'
import {
  createCredentialInput,
  credentialList,
  credentialRef,
  listCredentialsInput,
  credentialView as viewShape,
} from './schema.ts'
import { findStored, isNameTaken, listStored } from './store.ts'
import { credentialView, noSuchCredential } from './view.ts'

export const listCredentials = operation({
  summary: 'List credentials',
  effect: 'read',
  permission: 'credentials:read',
  audit: 'none',
  input: listCredentialsInput,
  output: credentialList,
  async run({ limit, cursor, sort, q, type }, { actor, db }) {
    const descending = sort.startsWith('-')
    const by = sort.endsWith('created_at') ? 'created_at' : 'name'
    const after = decodeCursor(cursor, sort, by === 'name' ? 'text' : 'time')
    const found = await listStored(db, actor.workspaceId, { q, type }, { by, descending, after, limit })
    const { rows, page } = pageOf(found, limit, sort, (row) =>
      by === 'created_at' ? row.createdAt.toISOString() : nameKey(row.name),
    )
    const isLocked = await lockCheck()
    return { items: rows.map((row) => credentialView(row, isLocked)), page }
  },
})

export const getCredential = operation({
  summary: 'Read one credential, without its secret',
  effect: 'read',
  permission: 'credentials:read',
  audit: 'none',
  input: credentialRef,
  output: viewShape,
  async run({ id }, { actor, db }) {
    const row = await findStored(db, actor.workspaceId, id)
    if (!row) throw noSuchCredential()
    return credentialView(row, await lockCheck())
  },
})

export const createCredential = operation({
  summary: 'Store a credential',
  effect: 'write',
  permission: 'credentials:write',
  audit: 'credential.created',
  input: createCredentialInput,
  output: viewShape,
  async run({ name, type, kind, environment, config }, { actor, tx, requestId, subject }) {
    const bundle = parseBundle({ type, kind, config }, { accepted: allKinds, at: '' })
    if (await isNameTaken(tx, actor.workspaceId, nameKey(name))) throw nameTaken(name)
    const given = { name, bundle, destination: null, ...(environment !== undefined && { environment }) }
    const { id, fields } = await storeCredential({ tx, actor, requestId }, given)
    subject({ type: 'credential', id, name, details: { type, kind: bundle.kind, fields } })
    const row = await findStored(tx, actor.workspaceId, id)
    if (!row) throw noSuchCredential()
    return credentialView(row, () => false)
  },
})

const allKinds = Object.keys(credentialKinds) as CredentialKind[]

const nameTaken = (name: string) => {
  const message = `There is already a credential “${name}”. Choose another name.`
  return new AppError('name_taken', message, { errors: [{ pointer: '/name', message }] })
}
