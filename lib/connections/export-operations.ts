import { stringify } from 'yaml'
import * as z from 'zod'
import { streamOperation } from '#lib/core/operation'
import { entryOf, type OwnEntry } from './imports/own.ts'
import { listConnections } from './list-operations.ts'
import { listConnectionsInput } from './schema.ts'

const { limit: _limit, cursor: _cursor, sort: _sort, deleted: _deleted, ...filters } = listConnectionsInput.shape

const exportInput = z.strictObject({
  ...filters,
  /** Slugs or ids; with them only these. */
  only: z.string().max(40_000).optional(),
  format: z.enum(['yaml', 'json']).default('yaml'),
})

/** Connections as a file that an import reads, without a secret. */
export const exportConnections = streamOperation({
  summary: 'Export connections as YAML or JSON, without their secrets; the filters of the list apply',
  permission: 'connections:read',
  audit: 'none',
  input: exportInput,
  line: z.object({}),
  output: z.object({ connections: z.int() }),
  async *run({ format, only, ...filter }, { actor, signal }) {
    const chosen = only === undefined ? undefined : new Set(only.split(','))
    const { head, entry: write, tail } = formats[format]
    yield bytesOf(head)
    let connections = 0
    for (let cursor: string | undefined; ; ) {
      signal.throwIfAborted()
      const query = Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)]))
      const { items, page } = await listConnections(actor, {
        ...query,
        sort: 'name',
        limit: 200,
        ...(cursor && { cursor }),
      })
      const kept = items.filter(({ id, conn_id }) => !chosen || chosen.has(id) || chosen.has(conn_id))
      for (const view of kept) yield bytesOf(write(entryOf(view), connections++ === 0))
      if (page.cursor === null || connections === chosen?.size) break
      cursor = page.cursor
    }
    yield bytesOf(tail)
    return { connections }
  },
})

interface FileFormat {
  head: string
  entry(entry: OwnEntry, isFirst: boolean): string
  tail: string
}

const formats: Record<'yaml' | 'json', FileFormat> = {
  yaml: {
    head: '# Connections of Jackfield. Secrets are not in this file; an import asks for them.\njackfield: 1\nconnections:\n',
    entry: (entry) => stringify([entry]).replace(/^/gm, '  ').trimEnd().concat('\n'),
    tail: '',
  },
  json: {
    head: '{"jackfield":1,"connections":[\n',
    entry: (entry, isFirst) => `${isFirst ? '' : ',\n'}${JSON.stringify(entry)}`,
    tail: '\n]}\n',
  },
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
