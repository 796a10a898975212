import * as z from 'zod'
import { AppError } from './errors.ts'

export const pageLimit = { default: 50, max: 200 } as const

/** The paging half of every list's input. */
export const pageInput = {
  limit: z.coerce.number().int().min(1).max(pageLimit.max).default(pageLimit.default),
  cursor: z.string().max(2048).optional(),
}

export const pageMeta = z.object({ limit: z.int(), cursor: z.string().nullable() })

/** Text that the database can hold. */
export const cursorText = z.string().refine((value) => value.isWellFormed() && !value.includes('\0'))
const cursorShapes = {
  text: z.tuple([cursorText, cursorText, cursorText]),
  time: z.tuple([cursorText, z.iso.datetime(), cursorText]),
} as const

/** Where the next page starts: the sort it belongs to, the sort value of the last row and its id. */
export interface Cursor {
  sort: string
  value: string
  id: string
}

export const encodeCursor = ({ sort, value, id }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')

/** Parses a cursor and refuses one that belongs to another sort order, or was made up; `kind` is what the order sorts by. */
export const decodeCursor = (
  cursor: string | undefined,
  sort: string,
  kind: keyof typeof cursorShapes = 'text',
): Cursor | undefined => {
  if (cursor === undefined) return undefined
  const parsed = cursorShapes[kind].safeParse(parseJson(Buffer.from(cursor, 'base64url').toString('utf8')))
  if (!parsed.success || parsed.data[0] !== sort) throw wrongCursor()
  return { sort, value: parsed.data[1], id: parsed.data[2] }
}

export const wrongCursor = (): AppError => {
  const message = 'This cursor does not belong to this list and sort order; start again without it.'
  return new AppError('invalid_request', message, { errors: [{ pointer: '/cursor', message }] })
}

/** Cuts the one extra row that was read to learn whether another page follows. */
export const pageOf = <T extends { id: string }>(
  rows: T[],
  limit: number,
  sort: string,
  sortValueOf: (row: T) => string,
): { rows: T[]; page: z.output<typeof pageMeta> } => {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const cursor = rows.length > limit && last ? encodeCursor({ sort, value: sortValueOf(last), id: last.id }) : null
  return { rows: kept, page: { limit, cursor } }
}

/** What is no JSON is undefined, which no shape accepts. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
