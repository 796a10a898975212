import { objectTypes } from '#lib/data-sources/schema'
import type { Writer } from '#lib/db/writer'
import {
  type Difference,
  endSegment,
  type KnownObject,
  keyOf,
  readKnown,
  type Segment,
  writeDifference,
} from '../catalog-store.ts'
import type { RunningRefresh } from '../refresh-store.ts'
import type { ReadObject, Stamp } from './lines.ts'

/** A piece is written when it holds so many versions or bytes, so that nothing large waits in memory. */
const versionsMax = 1_000
const bytesMax = 2 * 1024 * 1024

/** More differing relations than this are not asked for one by one: then everything is read. */
export const differingMax = 2_000

export interface Comparison {
  /** Answers a promise where it has to be waited for, which is seldom. */
  take(object: ReadObject | Stamp): Promise<void> | undefined
  /** Settles what is open, and whatever of these schemas nothing came from. */
  finish(schemas: readonly string[]): Promise<void>
}

/**
 * Compares what is read with what is known, segment by segment in the order they arrive, and writes the differences
 * while more is read. Of the segment at hand names and hashes are in memory; of everything else nothing.
 */
export const createComparison = (
  writer: Writer,
  refresh: RunningRefresh,
  progress: { settled: Set<string>; differing: Stamp[] },
): Comparison => {
  let segment: Segment | undefined
  let known = new Map<string, KnownObject>()
  let kept = 0
  /** No stamp of the segment differed. */
  let isSame = true
  let piece = emptyPiece()
  /** What is being written; only one statement is at a time. */
  let writing: Promise<void> = Promise.resolve()
  const settled = new Set<string>()

  const stamps = new Map(refresh.differing?.map((one) => [keyOf(one.schema, one.name), one.stamp]))

  const compare = (object: ReadObject | Stamp): void => {
    const { rowEstimate, sizeBytes } = object
    const key = keyOf(object.schema, object.name)
    // From before it was read, so that whatever happens in between is noticed the next time.
    const stamp = object.stamp ?? stamps.get(key)
    const before = known.get(key)
    known.delete(key)
    kept += 1
    if (object.type === 'stamp' && before?.stamp !== stamp) {
      isSame = false
      if (progress.differing.length <= differingMax) progress.differing.push(object)
      return
    }
    if (object.type !== 'stamp' && before?.hash !== object.hash) {
      piece.versions.push({ object: { ...object, stamp }, replaces: before?.id })
      piece.bytes += object.structure.length
      return
    }
    if (!before) return
    const isStampNew = stamp !== undefined && before.stamp !== stamp
    if (before.rowEstimate !== rowEstimate || before.sizeBytes !== sizeBytes || isStampNew) {
      piece.statistics.push({ id: before.id, rowEstimate, sizeBytes, stamp })
    }
  }

  const write = async (): Promise<void> => {
    await writing
    const full = piece
    piece = emptyPiece()
    if (full.versions.length + full.statistics.length === 0) return
    writing = writeDifference(writer, refresh, full)
    // It is awaited before the next statement; until then nobody else may call it unhandled.
    writing.catch(() => undefined)
  }

  const settle = async (): Promise<void> => {
    if (!segment) return
    await write()
    await writing
    if (!refresh.differing) {
      await endSegment(writer, refresh, { segment, gone: [...known.values()].map(({ id }) => id), kept })
    }
    settled.add(nameOf(segment))
    if (isSame && segment.type === 'relation' && segment.schema !== undefined) progress.settled.add(segment.schema)
    segment = undefined
  }

  const open = async (next: Segment): Promise<void> => {
    await settle()
    segment = next
    kept = 0
    isSame = true
    known = await readKnown(writer, refresh, next)
  }

  const begin = async (object: ReadObject | Stamp): Promise<void> => {
    await open(segmentOf(object, refresh))
    compare(object)
  }

  return {
    take(object) {
      if (!segment || !isIn(segment, object)) return begin(object)
      compare(object)
      return piece.versions.length + piece.statistics.length >= versionsMax || piece.bytes >= bytesMax
        ? write()
        : undefined
    },
    async finish(schemas) {
      await settle()
      if (refresh.differing) return
      for (const rest of expected(refresh, schemas)) if (!settled.has(nameOf(rest))) await open(rest)
      await settle()
    },
  }
}

const emptyPiece = (): Difference & { bytes: number } => ({ versions: [], statistics: [], bytes: 0 })

const segmentOf = (
  { type, schema }: ReadObject | Stamp,
  { schema: only, name, differing }: RunningRefresh,
): Segment => {
  if (type !== 'relation' && type !== 'stamp') return { type, schema: only }
  const names = differing?.filter((one) => one.schema === schema).map((one) => one.name)
  return { type: 'relation', schema, name, ...(names && { names }) }
}

const isIn = (segment: Segment, { type, schema }: ReadObject | Stamp): boolean =>
  segment.type === 'relation'
    ? (type === 'relation' || type === 'stamp') && segment.schema === schema
    : segment.type === type

const nameOf = ({ type, schema = '' }: Segment): string => `${type} ${schema}`

/** Every segment that the refresh is about, whether or not anything came of it. */
const expected = (refresh: RunningRefresh, schemas: readonly string[]): Segment[] => {
  const { schema, name } = refresh
  if (schema !== undefined && name !== undefined) return [{ type: 'relation', schema, name }]
  const relations = (schema === undefined ? schemas : [schema]).map(
    (one): Segment => ({ type: 'relation', schema: one }),
  )
  return [...relations, ...objectTypes.slice(1).map((type): Segment => ({ type, schema }))]
}
