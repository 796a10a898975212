import { AppError } from '#lib/core/errors'
import type { RemoteEntry } from './remote-files.ts'

/** A folder beyond this is not sorted any more: nobody looks through it by hand. */
const entriesMax = 500_000

export interface Page {
  /** In the order of their names. */
  entries: RemoteEntry[]
  isMore: boolean
}

/**
 * One page of a folder that the server lists in no order: only the smallest names after the last one are kept on the way,
 * so that a folder of any size costs no more memory than a few pages.
 */
export const pageOf = async (
  portions: AsyncIterable<RemoteEntry[]>,
  { after = '', limit }: { after: string | undefined; limit: number },
): Promise<Page> => {
  let kept: RemoteEntry[] = []
  let seen = 0
  for await (const portion of portions) {
    seen += portion.length
    if (seen > entriesMax) throw new AppError('unprocessable', tooMany)
    kept.push(...portion.filter(({ name }) => isName(name) && name > after))
    if (kept.length > limit * 4 + 4_096) kept = smallest(kept, limit + 1)
  }
  const entries = smallest(kept, limit + 1)
  return { entries: entries.slice(0, limit), isMore: entries.length > limit }
}

const tooMany = `The folder holds more than ${entriesMax.toLocaleString('en')} entries. Open one with fewer, or spread the files over folders.`

const smallest = (entries: readonly RemoteEntry[], count: number): RemoteEntry[] =>
  entries.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)).slice(0, count)

/** What could not be asked for again is left out: the folder itself, its parent, and what only a hostile server sends. */
const isName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !name.includes('/') && !name.includes('\0')
