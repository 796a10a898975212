import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, encodeCursor } from '#lib/core/page'
import { browse } from './discovery.ts'
import { filesInput, filesOutput, previewInput, previewOutput } from './schema.ts'

export const listFiles = operation({
  summary: 'List a folder of a data source',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.discovered',
  input: filesInput,
  output: filesOutput,
  async run({ ref, path, limit, cursor }, context) {
    const after = decodeCursor(cursor, sort)
    const lines = await browse(ref, { what: 'list', path, limit, ...(after && { after: after.value }) }, context)
    const items = lines.flatMap((line) => (line.type === 'entry' ? [line] : []))
    const next = lines.find((line) => line.type === 'page')?.after ?? null
    return { items, page: { limit, cursor: next === null ? null : encodeCursor({ sort, value: next, id: '' }) } }
  },
})

export const previewFile = operation({
  summary: 'Show the beginning of a file of a data source',
  effect: 'read',
  permission: 'data-sources:read',
  object: { kind: 'connection', field: 'ref' },
  audit: 'data_source.previewed',
  input: previewInput,
  output: previewOutput,
  async run({ ref, path, format, rows }, context) {
    const lines = await browse(ref, { what: 'preview', path, rows, ...(format && { format }) }, context)
    const head = lines.find((line) => line.type === 'preview')
    if (!head) throw new AppError('upstream_failed', 'The preview broke off before it began. Try again.')
    return {
      ...head,
      rows: lines.flatMap((line) => (line.type === 'row' ? [line.values] : [])),
      text: lines.find((line) => line.type === 'text')?.text ?? null,
      truncated: lines.find((line) => line.type === 'end')?.truncated ?? true,
    }
  },
})

const sort = 'name'
