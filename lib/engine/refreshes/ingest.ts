import type { DiscoveredSchema } from '#lib/connectors/contract'
import type { Writer } from '#lib/db/writer'
import { removeOtherSchemas, writeSchemas } from '../catalog-store.ts'
import { type RunningRefresh, setSchemasTotal } from '../refresh-store.ts'
import { createComparison } from './comparison.ts'
import { readLine, type Stamp, splitLines } from './lines.ts'
import type { KeptNames } from './patterns.ts'

export interface Ingested {
  fingerprint: string | undefined
  stampBase: string | undefined
  /** The fingerprint was the one that was known: nothing else came. */
  unchanged: boolean
}

/** How far a reading came, also where it broke off. */
export interface Progress {
  /** What the server listed; all of them, once anything else came. */
  schemas: DiscoveredSchema[]
  /** Those whose relations are all read and written. */
  settled: Set<string>
  /** Relations whose stamps are no longer what they were; at most one more than are asked for one by one. */
  differing: Stamp[]
}

export const noProgress = (): Progress => ({ schemas: [], settled: new Set(), differing: [] })

interface IngestOptions {
  writer: Writer
  refresh: RunningRefresh
  keeps: KeptNames
  progress: Progress
}

/**
 * Reads the lines of a discovery and writes what differs from what is known, while more arrives. A schema is settled
 * when the next one's first relation comes.
 */
export const ingest = async (
  chunks: AsyncIterable<Uint8Array>,
  { writer, refresh, keeps, progress }: IngestOptions,
): Promise<Ingested> => {
  const comparison = createComparison(writer, refresh, progress)
  const { schemas } = progress
  let fingerprint: string | undefined
  let stampBase: string | undefined
  let hasBegun = refresh.differing !== undefined
  if (hasBegun) comparison.prepare()
  const begin = async () => {
    hasBegun = true
    await writeSchemas(writer, refresh, schemas)
    if (refresh.isPart !== true) await setSchemasTotal(refresh, schemas.length)
  }
  try {
    for await (const lines of splitLines(chunks)) {
      for (const bytes of lines) {
        const line = readLine(bytes)
        if (line.type === 'end') continue
        if (line.type === 'fingerprint') {
          fingerprint = line.value
          stampBase = line.base
        } else if (line.type === 'schema') {
          comparison.prepare()
          if (keeps(line.schema.name)) schemas.push(line.schema)
        } else if (keeps(line.schema, line.name)) {
          if (!hasBegun) await begin()
          const waiting = comparison.take(line)
          if (waiting) await waiting
        }
      }
    }
    const unchanged = fingerprint !== undefined && fingerprint === refresh.fingerprint
    if (unchanged) return { fingerprint, stampBase, unchanged }
    if (!hasBegun) await begin()
    await comparison.finish(schemas.map(({ name }) => name))
  } finally {
    await comparison.stop()
  }
  if (refresh.schema === undefined && !refresh.differing) {
    await removeOtherSchemas(
      writer,
      refresh,
      schemas.map(({ name }) => name),
    )
  }
  return { fingerprint, stampBase, unchanged: false }
}
