import type * as z from 'zod'
import { manifestOf } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import { parseInput } from '#lib/core/parse'
import { requireRevision } from '#lib/core/revision'
import { changeConnection } from './change.ts'
import { requireAlive, subjectOf, viewOf } from './found.ts'
import {
  listVersionsInput,
  restoreVersionInput,
  updateConnectionInput,
  versionHistory,
  connectionView as viewShape,
} from './schema.ts'
import { findStored, type StoredConnection } from './store.ts'
import { findLastGreen, findVersion, listStoredVersions, type StoredVersion } from './version-store.ts'
import { versionView } from './version-view.ts'
import { noSuchConnection, publicSettings } from './view.ts'
import { warningsOf } from './warnings.ts'

export const listConnectionVersions = operation({
  summary: 'List the versions of a connection with what each changed, newest first',
  effect: 'read',
  permission: 'connections:read',
  audit: 'none',
  input: listVersionsInput,
  output: versionHistory,
  async run({ ref, limit, cursor }, { actor, db }) {
    const current = await findStored(db, actor, ref)
    if (!current) throw noSuchConnection()
    const after = decodeCursor(cursor, '-version')
    const [found, green] = await Promise.all([
      listStoredVersions(db, actor, current.id, { before: after && versionOf(after.id), limit }),
      findLastGreen(db, current.id),
    ])
    const numbered = found.map((row) => ({ ...row, id: String(row.revision) }))
    const { rows, page } = pageOf(numbered, limit, '-version', ({ id }) => id)
    const newest = after === undefined ? found[0]?.revision : undefined
    const items = rows.map((row, i) =>
      versionView(row, found[i + 1], { type: current.type, isCurrent: row.revision === newest }),
    )
    return { items, page, last_green: green ?? null }
  },
})

export const restoreConnectionVersion = operation({
  summary: 'Return a connection to an earlier version; its id for pipelines and its secret stay as they are',
  effect: 'write',
  permission: 'connections:write',
  object: { kind: 'connection', field: 'ref' },
  audit: 'connection.reverted',
  input: restoreVersionInput,
  output: viewShape,
  async run({ ref, version, revision, ...given }, { actor, tx, requestId, subject, meta }) {
    const current = await requireAlive(tx, actor, ref)
    if (revision !== undefined) requireRevision(`"${revision}"`, current.revision)
    const stored = await findVersion(tx, actor, current.id, version)
    if (!stored) throw new AppError('not_found', 'This connection has no such version.')
    const input = { ref, ...asOf(stored, current), ...given }
    const doing = { tx, actor, requestId }
    const { changed, details } = await changeConnection(doing, current, parse(input), 'replace', version)
    meta({ changed, ...(await warningsOf(tx, actor, current.id)) })
    subject({ ...subjectOf(current), details: { ...details, version } })
    return viewOf(tx, actor, current.id)
  },
})

type Update = z.output<typeof updateConnectionInput>

const parse = ({ credential, ...input }: z.input<typeof updateConnectionInput>): Update =>
  // A secret that was typed goes into the credential that is attached now.
  parseInput(updateConnectionInput, credential ? { ...input, credential, credential_id: undefined } : input)

/** The version as the body of a PUT: everything that checks a change checks this one. */
const asOf = (stored: StoredVersion, current: StoredConnection): object => ({
  name: stored.name,
  role: stored.role,
  environment: stored.environment,
  tags: stored.tags,
  description: stored.description,
  config: publicSettings(manifestOf(current.type), stored.config),
  ...(stored.credentialId !== current.credentialId && { credential_id: stored.credentialId }),
})

// A cursor that was made up finds nothing.
const versionOf = (id: string): number => (/^\d{1,9}$/.test(id) ? Number(id) : 0)
