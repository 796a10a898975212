import type { Actor } from '#lib/auth/actor'
import { findManifest } from '#lib/connectors/catalog'
import { AppError, type FieldError } from '#lib/core/errors'
import type { CallOptions, ReadContext } from '#lib/core/operation'
import { isCredentialKind, secretFieldsOf } from '#lib/credentials/kinds'
import { createConnection, getConnection, updateConnection } from '../operations.ts'
import type { ConnectionView } from '../schema.ts'
import { findSameEndpoint } from '../store.ts'
import { bodyOf } from './own.ts'
import type { ImportDraft } from './read.ts'
import type { PlannedImport } from './schema.ts'

type Asker = Omit<ReadContext, 'ticket'>

/** What would become of each draft, found out by the very operations that would do it, which then keep nothing. */
export const planDrafts = async (
  asker: Asker,
  drafts: readonly ImportDraft[],
  secrets: Record<string, Record<string, string>>,
): Promise<PlannedImport[]> => {
  const seen = new Set<string>()
  const items: PlannedImport[] = []
  for (const draft of drafts) {
    asker.signal.throwIfAborted()
    const id = draft.entry?.conn_id
    const isTwice = id !== undefined && seen.has(id)
    items.push(isTwice ? twice(draft) : await planOne(asker, draft, secrets[id ?? ''] ?? {}))
    if (id !== undefined) seen.add(id)
  }
  return items
}

const planOne = async (
  { actor, db, signal, requestId }: Asker,
  draft: ImportDraft,
  typed: Record<string, string>,
): Promise<PlannedImport> => {
  const { entry, problem } = draft
  if (!entry) return { ...base(draft), action: 'invalid', problems: [{ pointer: '', message: problem ?? '' }] }
  const item = { ...base(draft), needs: needsOf(draft, typed) }
  const options = { signal, requestId, validateOnly: true }
  try {
    const existing = await findExisting(actor, entry.conn_id)
    if (existing) return { ...item, ...(await planUpdate(actor, existing, { ...draft, typed }, options)) }
    const body = bodyOf(entry, { ...draft.secrets, ...typed })
    const made = await createConnection(actor, body, options)
    const login = { field: findManifest(made.type)?.flat.login?.field ?? '', value: made.login }
    const duplicate = await findSameEndpoint(db, actor, { type: made.type, summary: made.summary, login })
    const action = duplicate === undefined ? 'create' : 'duplicate'
    return { ...item, summary: made.summary, action, duplicate_of: duplicate ?? null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { ...item, action: 'invalid', problems: problemsOf(error) }
  }
}

const planUpdate = async (
  actor: Actor,
  existing: ConnectionView,
  { entry, secrets, typed }: Pick<ImportDraft, 'entry' | 'secrets'> & { typed: Record<string, string> },
  options: CallOptions,
): Promise<Partial<PlannedImport> & Pick<PlannedImport, 'action'>> => {
  if (!entry) return { action: 'invalid' }
  let changed: string[] = []
  const onMeta = (meta: Record<string, unknown>) => {
    changed = Array.isArray(meta.changed) ? meta.changed.map(String) : []
  }
  const { conn_id: ref, ...body } = bodyOf(entry, { ...secrets, ...typed })
  const after = await updateConnection(actor, { ref: existing.conn_id, ...body }, { ...options, onMeta })
  const changes = changed.map((field) => ({ field, ...publicValues(field, existing, after) }))
  return {
    action: changed.length > 0 ? 'update' : 'unchanged',
    summary: after.summary,
    changes,
    // What is stored stays, so nothing has to be entered again.
    needs: existing.credential?.secret?.set ? [] : needsOf({ entry, secrets }, typed),
  }
}

/** A change of a secret has a name and no values. */
const publicValues = (field: string, before: ConnectionView, after: ConnectionView) => {
  const [first = '', name = ''] = field.split('.')
  const read = (view: ConnectionView): unknown =>
    first === 'config'
      ? view.config[name]
      : Object.entries(view).find(([key]) => key === field && visible.has(key))?.[1]
  return JSON.parse(JSON.stringify({ before: read(before), after: read(after) })) as Pick<
    PlannedImport['changes'][number],
    'before' | 'after'
  >
}

const visible = new Set(['name', 'conn_id', 'role', 'environment', 'tags', 'description'])

const findExisting = (actor: Actor, ref: string): Promise<ConnectionView | undefined> =>
  getConnection(actor, { ref }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'not_found') return undefined
    throw error
  })

/** Secrets that were there where the file comes from, or that a login of this kind has first. */
const needsOf = (
  { entry, secrets }: Pick<ImportDraft, 'entry' | 'secrets'>,
  typed: Record<string, string>,
): string[] => {
  const { credential } = entry ?? {}
  if (!credential || !isCredentialKind(credential.kind)) return []
  const known = secretFieldsOf(credential.kind)
  const named = credential.secret.filter((field) => known.includes(field))
  const wanted = named.length > 0 || Object.keys(secrets).length > 0 ? named : known.slice(0, 1)
  return wanted.filter((field) => secrets[field] === undefined && typed[field] === undefined)
}

const base = ({ label, entry, notes }: ImportDraft): PlannedImport => ({
  label,
  conn_id: entry?.conn_id ?? null,
  name: entry?.name ?? null,
  type: entry?.type ?? null,
  summary: entry ? (summaryOf(entry.type, entry.config) ?? null) : null,
  action: 'create',
  changes: [],
  duplicate_of: null,
  needs: [],
  problems: [],
  notes,
})

const summaryOf = (type: string, config: Record<string, unknown>): string | undefined => {
  const manifest = findManifest(type)
  const parsed = manifest?.config.safeParse(config)
  return parsed?.success ? manifest?.summarize(parsed.data) : undefined
}

const twice = (draft: ImportDraft): PlannedImport => ({
  ...base(draft),
  action: 'invalid',
  problems: [{ pointer: '/conn_id', message: 'The file has this id twice; only the first one is taken.' }],
})

const problemsOf = ({ errors, message }: AppError): FieldError[] =>
  errors && errors.length > 0 ? [...errors] : [{ pointer: '', message }]
