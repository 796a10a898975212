import { mayDo } from '#lib/auth/authorize'
import { requireRecentSignIn } from '#lib/auth/step-up'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { requireRevision } from '#lib/core/revision'
import { nameKey } from '#lib/core/text'
import { isoTime } from '#lib/core/time'
import { attachmentView, countHidden, listAttachments, listVersions, versionView } from './attachment-store.ts'
import { parseBundle } from './bundle.ts'
import { credentialKindNames } from './kinds.ts'
import { labelColumns } from './labels.ts'
import { listStored } from './list-store.ts'
import { lockCheck } from './locks.ts'
import { nameTaken } from './names.ts'
import { requireAlive } from './removal-operations.ts'
import {
  attachmentList,
  attachmentsInput,
  createCredentialInput,
  credentialList,
  credentialRef,
  listCredentialsInput,
  updateCredentialInput,
  versionList,
  versionsInput,
  credentialView as viewShape,
} from './schema.ts'
import { storeCredential } from './seal-version.ts'
import { findStored, isNameTaken, type StoredCredential } from './store.ts'
import { changeStored } from './update.ts'
import { credentialView, noSuchCredential, notice_ms } from './view.ts'

export { exportReview, reviewCredentials } from './review.ts'

export const listCredentials = operation({
  summary: 'List credentials',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential' },
  audit: 'none',
  input: listCredentialsInput,
  output: credentialList,
  async run({ limit, cursor, sort, used, due, ...given }, { actor }) {
    const by = sortOf(sort)
    const after = decodeCursor(cursor, sort, by === 'name' ? 'text' : 'time')
    const filter = {
      ...given,
      ...(used && { used: used === 'true' }),
      ...(due && { dueBefore: new Date(Date.now() + (due === 'soon' ? notice_ms : 0)) }),
    }
    const page = { by, descending: sort.startsWith('-'), after, limit }
    const [found, isLocked] = await Promise.all([listStored(actor, filter, page), lockCheck()])
    const cut = pageOf(found, limit, sort, (row) => sortValueOf(row, by))
    return { items: cut.rows.map((row) => credentialView(row, isLocked)), page: cut.page }
  },
})

export const getCredential = operation({
  summary: 'Read one credential, without its secret',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential', field: 'id' },
  audit: 'none',
  input: credentialRef,
  output: viewShape,
  async run({ id }, { actor, db }) {
    const row = await findStored(db, actor, id)
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
  async run({ name, type, kind, scope, config, ...labels }, { actor, tx, requestId, subject }) {
    const bundle = parseBundle({ type, kind, config }, { accepted: credentialKindNames, at: '' })
    if (Object.keys(bundle.typed).length > 0) requireRecentSignIn(actor)
    if (await isNameTaken(tx, actor, nameKey(name))) throw nameTaken(name)
    const given = { name, bundle, destination: null, scope, labels: labelColumns(labels) }
    const { id, fields } = await storeCredential({ tx, actor, requestId }, given)
    subject({ type: 'credential', id, name, details: { type, kind: bundle.kind, scope, fields } })
    const row = await findStored(tx, actor, id)
    if (!row) throw noSuchCredential()
    return credentialView(row, () => false)
  },
})

export const updateCredential = operation({
  summary: 'Change a credential; what is left out stays, null clears, "********" keeps a stored secret',
  effect: 'write',
  permission: 'credentials:write',
  object: { kind: 'credential', field: 'id' },
  audit: 'credential.updated',
  input: updateCredentialInput,
  output: viewShape,
  async run({ id, if_match, ...input }, { actor, tx, requestId, subject, meta }) {
    const doing = { tx, actor, requestId }
    const stored = await requireAlive(doing, id)
    requireRevision(if_match, stored.revision)
    const changed = await changeStored(doing, stored, input)
    meta({ changed })
    subject({ type: 'credential', id, name: stored.name, details: { changed } })
    const row = await findStored(tx, actor, id)
    if (!row) throw noSuchCredential()
    return credentialView(row, await lockCheck())
  },
})

export const listUsedBy = operation({
  summary: 'List the connections that have a credential attached',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential', field: 'id' },
  audit: 'none',
  input: attachmentsInput,
  output: attachmentList,
  async run({ id, limit, cursor }, { actor, db }) {
    const row = await findStored(db, actor, id)
    if (!row) throw noSuchCredential()
    const everywhere = mayDo(actor, 'credentials:administer')
    const found = await listAttachments(db, actor, id, { after: decodeCursor(cursor, 'name'), limit, everywhere })
    const { rows, page } = pageOf(found, limit, 'name', ({ nameKey }) => nameKey)
    const hidden = await countHidden(db, actor, id, everywhere)
    return { items: rows.map((attached) => attachmentView(attached, row)), page, hidden }
  },
})

export const listCredentialVersions = operation({
  summary: 'List the versions of a secret, newest first, without their values',
  effect: 'read',
  permission: 'credentials:read',
  object: { kind: 'credential', field: 'id' },
  audit: 'none',
  input: versionsInput,
  output: versionList,
  async run({ id, limit, cursor }, { actor, db }) {
    const row = await findStored(db, actor, id)
    if (!row) throw noSuchCredential()
    const after = decodeCursor(cursor, '-version')
    const found = await listVersions(db, id, { before: after && versionOf(after.id), limit })
    const numbered = found.map((version) => ({ ...version, id: String(version.version) }))
    const { rows, page } = pageOf(numbered, limit, '-version', (version) => version.id)
    return { items: rows.map((version) => versionView(version, row)), page }
  },
})

// A cursor that was made up finds nothing.
const versionOf = (id: string): number => (/^\d{1,9}$/.test(id) ? Number(id) : 0)

const sortOf = (sort: string): 'name' | 'created_at' | 'updated_at' => {
  if (sort.endsWith('created_at')) return 'created_at'
  return sort.endsWith('updated_at') ? 'updated_at' : 'name'
}

const sortValueOf = (row: StoredCredential, by: 'name' | 'created_at' | 'updated_at'): string => {
  if (by === 'name') return row.nameKey
  return isoTime(by === 'created_at' ? row.createdAt : row.updatedAt)
}
