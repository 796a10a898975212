import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { type CallOptions, operation, streamOperation } from '#lib/core/operation'
import { bodyOf } from './imports/own.ts'
import { planDrafts } from './imports/plan.ts'
import { type ImportDraft, readImport } from './imports/read.ts'
import {
  type ImportedLine,
  importedLine,
  importPlan,
  importReport,
  type PlannedImport,
  planImportInput,
  runImportInput,
} from './imports/schema.ts'
import { createConnection, updateConnection } from './operations.ts'

export const planImport = operation({
  summary: 'Look into a file of connections: what an import would make, change and leave; nothing is kept',
  effect: 'read',
  permission: 'connections:write',
  audit: 'none',
  input: planImportInput,
  output: importPlan,
  async run({ text, format, secrets }, { actor, db, signal, requestId }) {
    const read = readImport(text, format)
    return { format: read.format, items: await planDrafts({ actor, db, signal, requestId }, read.drafts, secrets) }
  },
})

/** One connection at a time, each as if it had been made by hand: what fails leaves the others as they are. */
export const runImport = streamOperation({
  summary: 'Import connections from a file; the same file again changes nothing',
  permission: 'connections:write',
  // Each connection has its own event.
  audit: 'none',
  input: runImportInput,
  line: importedLine,
  output: importReport,
  async *run({ text, format, secrets, only }, { actor, db, signal, requestId, validateOnly }) {
    const { drafts } = readImport(text, format)
    const plan = await planDrafts({ actor, db, signal, requestId }, drafts, secrets)
    const report = { created: 0, updated: 0, unchanged: 0, skipped: 0, failed: 0 }
    for (const [i, item] of plan.entries()) {
      signal.throwIfAborted()
      const draft = drafts[i]
      const typed = secrets[item.conn_id ?? ''] ?? {}
      const line = await importOne(actor, { item, draft, only, typed }, { signal, requestId, validateOnly })
      report[line.result]++
      yield line
    }
    return report
  },
})

interface Asked {
  item: PlannedImport
  draft: ImportDraft | undefined
  only: readonly string[] | undefined
  typed: Record<string, string>
}

const importOne = async (
  actor: Actor,
  { item, draft, only, typed }: Asked,
  options: CallOptions,
): Promise<ImportedLine> => {
  const { label, conn_id, action, problems, duplicate_of } = item
  const say = (result: ImportedLine['result'], message: string | null = null) => ({ label, conn_id, result, message })
  const entry = draft?.entry
  if (action === 'invalid' || !draft || !entry) return say('failed', problems[0]?.message ?? 'It cannot be read.')
  const isNamed = only?.includes(entry.conn_id) ?? false
  if (only && !isNamed) return say('skipped', 'It was not chosen.')
  if (action === 'unchanged') return say('unchanged')
  if (action === 'duplicate' && !isNamed) return say('skipped', `“${duplicate_of}” goes to the same place already.`)
  const { conn_id: ref = '', ...body } = bodyOf(entry, { ...draft.secrets, ...typed })
  try {
    if (action === 'update') await updateConnection(actor, { ref, ...body }, options)
    else await createConnection(actor, { conn_id: ref, ...body }, options)
    return say(action === 'update' ? 'updated' : 'created')
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return say('failed', error.errors?.[0]?.message ?? error.message)
  }
}
