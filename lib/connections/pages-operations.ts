import type * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { manifestOf } from '#lib/connectors/catalog'
import { type PageLine, type PagesRequest, pageLine, pagesRequest } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { streamOperation } from '#lib/core/operation'
import { engineError, readLines, runJob } from '#lib/engine/client'
import type { RunTarget, Ticket } from '#lib/engine/protocol'
import { draftTarget } from './draft.ts'
import { findAlive } from './found.ts'
import { previewDraftInput, previewInput, previewReport } from './schema.ts'
import { takeTestSlot } from './test-slots.ts'

export const previewPages = streamOperation({
  summary: 'Preview the pages of a list as a saved connection reads them',
  permission: 'connections:test',
  object: { kind: 'connection', field: 'ref' },
  audit: 'connection.previewed',
  input: previewInput,
  line: pageLine,
  output: previewReport,
  async *run({ ref, ...request }, { actor, db, ticket, signal }) {
    const row = await findAlive(db, actor, ref)
    requirePages(row.type)
    return yield* preview({ connection_id: row.id }, request, { actor, ticket, signal })
  },
})

export const previewDraftPages = streamOperation({
  summary: 'Preview the pages of a list with settings that are not saved',
  permission: 'connections:test',
  object: { kind: 'connection', field: 'connection_ref', least: 'edit' },
  audit: 'connection.draft_previewed',
  input: previewDraftInput,
  line: pageLine,
  output: previewReport,
  async *run({ path, pages, items, ...draft }, { actor, db, ticket, signal }) {
    requirePages(draft.type)
    const target = await draftTarget(db, actor, draft)
    return yield* preview(target, { path, pages, items }, { actor, ticket, signal })
  },
})

const requirePages = (type: string): void => {
  const { name, capabilities } = manifestOf(type)
  if (capabilities.includes('pages')) return
  throw new AppError('unprocessable', `${name} connections have no pages to preview: their connector reads no lists.`)
}

/** It opens a secret and holds a runner like a test does, so it counts as one. */
async function* preview(
  target: RunTarget,
  request: PagesRequest,
  { actor, ticket, signal }: { actor: Actor; ticket: Ticket; signal: AbortSignal },
): AsyncGenerator<PageLine, z.output<typeof previewReport>> {
  const giveBack = takeTestSlot(actor)
  const pages: Extract<PageLine, { type: 'page' }>[] = []
  let end: Extract<PageLine, { type: 'end' }> | undefined
  try {
    const job = { capability: 'pages' as const, request: pagesRequest.parse(request) }
    for await (const given of readLines(await runJob({ ticket, target, job }, signal))) {
      const { error } = Object(given)
      if (error !== undefined) throw engineError(error)
      if (end) break
      const line = pageLine.parse(given)
      if (line.type === 'page') pages.push(line)
      if (line.type === 'end') end = line
      yield line
    }
  } finally {
    giveBack()
  }
  if (!end) throw new AppError('upstream_failed', 'The preview ended without a result. Try again.')
  return { pages, sentence: end.sentence, items: end.items, cause: end.cause }
}
