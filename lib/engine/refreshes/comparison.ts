import { objectTypes } from '#lib/data-sources/schema'
import type { Writer } from '#lib/db/writer'
import {
  type Difference,
  type EndedSegment,
  endSegments,
  type KnownObject,
  keyOf,
  readKnown,
  readKnownOf,
  type Segment,
  writeDifference,
} from '../catalog-store.ts'
import type { RunningRefresh } from '../refresh-store.ts'
import { createKnown, type Known, pageMax } from './known.ts'
import type { ReadObject, Stamp } from './lines.ts'
import { createWriteQueue } from './write-queue.ts'

/** A piece is written when it holds so many versions or bytes, so that nothing large waits in memory. */
const versionsMax = 1_000
const bytesMax = 2 * 1024 * 1024
/** So that progress is seen where there is little to write. */
const endsMax = 50

/** More differing relations than this are not asked for one by one: then everything is read. */
export const differingMax = 2_000

export interface Comparison {
  /** Begins to read what is known before there is something to compare with it. */
  prepare(): void
  /** Answers a promise where it has to be waited for, which is seldom. */
  take(object: ReadObject | Stamp): Promise<void> | undefined
  /** Settles what is open, and whatever of these schemas nothing came from. */
  finish(schemas: readonly string[]): Promise<void>
  /** Lets what is being written come to its end, where no more will come. */
  stop(): Promise<void>
}

/**
 * Compares what is read with what is known, segment by segment in the order they arrive, and writes the differences
 * while more is read. In memory are two pages of names and hashes, and three pieces of what differs.
 */
export const createComparison = (
  writer: Writer,
  refresh: RunningRefresh,
  progress: { settled: Set<string>; differing: Stamp[] },
): Comparison => {
  let segment: Segment | undefined
  const knownByType = new Map<string, Known>()
  let kept = 0
  /** No stamp of the segment differed. */
  let isSame = true
  let piece = emptyPiece()
  const queue = createWriteQueue()
  const settled = new Set<string>()

  const stamps = new Map(refresh.differing?.map((one) => [keyOf(one.schema, one.name), one.stamp]))

  const knownOf = (type: Segment['type']): Known => {
    const known = knownByType.get(type) ?? createKnown(pagesOf(writer, refresh, type))
    knownByType.set(type, known)
    return known
  }

  const compare = (object: ReadObject | Stamp, before: KnownObject | undefined): void => {
    const { rowEstimate, sizeBytes } = object
    // From before it was read, so that whatever happens in between is noticed the next time.
    const stamp = object.stamp ?? stamps.get(keyOf(object.schema, object.name))
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

  const write = (): void => {
    const { versions, statistics, ended } = piece
    piece = emptyPiece()
    if (versions.length + statistics.length + ended.length === 0) return
    queue.add(async () => {
      if (versions.length + statistics.length > 0) await writeDifference(writer, refresh, { versions, statistics })
      if (ended.length > 0) await endSegments(writer, refresh, ended)
      for (const { segment, isSame } of ended) {
        if (isSame && segment.type === 'relation' && segment.schema !== undefined) progress.settled.add(segment.schema)
      }
    })
  }

  const writeMuch = (): Promise<void> | undefined => {
    const isMuch = piece.versions.length + piece.statistics.length >= versionsMax || piece.ended.length >= endsMax
    if (!isMuch && piece.bytes < bytesMax) return undefined
    write()
    return queue.room()
  }

  const settle = async (): Promise<void> => {
    if (!segment) return
    const { type, schema } = segment
    settled.add(nameOf(segment))
    if (!refresh.differing) {
      const gone = await knownOf(type).rest(type === 'relation' ? schema : undefined)
      piece.ended.push({ segment, gone: gone.map(({ id }) => id), kept, isSame })
    }
    segment = undefined
    // What is found reaches the disk while more is read, in larger pieces where that takes longer.
    if (queue.isIdle()) write()
    await writeMuch()
  }

  const open = async (next: Segment): Promise<void> => {
    await settle()
    segment = next
    kept = 0
    isSame = true
  }

  const takeOne = (object: ReadObject | Stamp): Promise<void> | undefined => {
    const before = knownOf(typeOf(object)).take(object.schema, object.name)
    if (before instanceof Promise) return takeLater(object, before)
    compare(object, before)
    return writeMuch()
  }

  const takeLater = async (object: ReadObject | Stamp, before: Promise<KnownObject | undefined>): Promise<void> => {
    compare(object, await before)
    await writeMuch()
  }

  const begin = async (object: ReadObject | Stamp): Promise<void> => {
    await open(segmentOf(object, refresh))
    await takeOne(object)
  }

  return {
    prepare: () => {
      knownOf('relation')
    },
    take: (object) => (segment && isIn(segment, object) ? takeOne(object) : begin(object)),
    async finish(schemas) {
      await settle()
      if (!refresh.differing) {
        for (const rest of expected(refresh, schemas)) if (!settled.has(nameOf(rest))) await open(rest)
        await settle()
      }
      write()
      await queue.ended()
    },
    stop: () => queue.ended().catch(() => undefined),
  }
}

const pagesOf =
  (writer: Writer, refresh: RunningRefresh, type: Segment['type']) =>
  (after: KnownObject | undefined): Promise<KnownObject[]> =>
    refresh.differing
      ? after
        ? Promise.resolve([])
        : readKnownOf(writer, refresh, refresh.differing)
      : readKnown(writer, refresh, { type, after, limit: pageMax })

const emptyPiece = (): Difference & { bytes: number; ended: (EndedSegment & { isSame: boolean })[] } => ({
  versions: [],
  statistics: [],
  bytes: 0,
  ended: [],
})

const typeOf = ({ type }: ReadObject | Stamp): Segment['type'] => (type === 'stamp' ? 'relation' : type)

const segmentOf = (object: ReadObject | Stamp, { schema: only, name }: RunningRefresh): Segment => {
  const type = typeOf(object)
  return type === 'relation' ? { type, schema: object.schema, name } : { type, schema: only }
}

const isIn = (segment: Segment, object: ReadObject | Stamp): boolean =>
  segment.type === typeOf(object) && (segment.type !== 'relation' || segment.schema === object.schema)

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
