import { isSameOrigin, resolveAddress } from './address.ts'
import { withParameters } from './client.ts'
import { findAt, readPath } from './json-path.ts'
import { linkTo } from './link-header.ts'

export const paginationModes = ['none', 'page', 'offset', 'cursor', 'link', 'next_url'] as const

/** How an API hands out a list in pages. */
export interface Pagination {
  mode: (typeof paginationModes)[number]
  /** Where the items are in an answer; the answer itself where it is left out. */
  items_path?: string | undefined
  page_size?: number | undefined
  size_parameter?: string | undefined
  page_parameter?: string | undefined
  first_page?: number | undefined
  offset_parameter?: string | undefined
  cursor_parameter?: string | undefined
  cursor_path?: string | undefined
  next_path?: string | undefined
  /** Where the answer says whether there is more. */
  more_path?: string | undefined
}

/** Why there is no next page. */
export type Stop = 'single' | 'no_next' | 'no_more' | 'empty' | 'short' | 'elsewhere' | 'unreadable'

export interface Page {
  /** The address it was asked by, without the login. */
  url: URL
  /** 1 for the first. */
  number: number
  /** Items of this page, and of all pages up to it. */
  items: number
  sum: number
  body: unknown
  link: string | undefined
}

/** The address of the next page and what it was found by, or why there is none. */
export type Next = { url: URL; found: string } | { stop: Stop; found?: string }

export const firstPage = (url: URL, pagination: Pagination): URL =>
  withParameters(url, { ...sizeOf(pagination), ...placeOf(pagination, 1, 0) })

export const nextPage = (page: Page, pagination: Pagination): Next => {
  const { mode, more_path } = pagination
  if (mode === 'none') return { stop: 'single' }
  if (more_path !== undefined && !at(page.body, more_path)) return { stop: 'no_more' }
  if (mode === 'page' || mode === 'offset') return counted(page, pagination)
  if (mode === 'cursor') return byCursor(page, pagination)
  const given = mode === 'link' ? linkTo('next', page.link ?? '') : at(page.body, pagination.next_path)
  return byAddress(page, given)
}

/** The items of an answer; undefined where there is no list. */
export const itemsOf = (body: unknown, path: string | undefined): unknown[] | undefined => {
  const steps = readPath(path ?? '$')
  if (!steps) return undefined
  const found = findAt(body, steps)
  const [only, another] = found
  if (Array.isArray(only) && another === undefined && found.length === 1) return only
  return path !== undefined && /\*/.test(path) && found.length > 0 ? found : undefined
}

/** Lists in an answer, for whoever has not said yet where the items are. */
export const listsIn = (body: unknown): string[] => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return []
  const found: string[] = []
  for (const [name, value] of Object.entries(body).slice(0, 50)) {
    if (Array.isArray(value)) found.push(`$${member(name)}`)
    else if (typeof value === 'object' && value !== null)
      for (const [inner, list] of Object.entries(value).slice(0, 50))
        if (Array.isArray(list)) found.push(`$${member(name)}${member(inner)}`)
  }
  return found.slice(0, 3)
}

const member = (name: string): string =>
  /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name.slice(0, 64))}]`

const counted = ({ url, number, items, sum }: Page, pagination: Pagination): Next => {
  if (items === 0) return { stop: 'empty' }
  if (pagination.page_size !== undefined && items < pagination.page_size) return { stop: 'short' }
  const place = placeOf(pagination, number + 1, sum)
  return { url: withParameters(url, place), found: Object.values(place)[0] ?? '' }
}

const byCursor = ({ url, body }: Page, { cursor_path, cursor_parameter = 'cursor' }: Pagination): Next => {
  const cursor = at(body, cursor_path)
  if (cursor === undefined || cursor === null || cursor === '' || cursor === false) return { stop: 'no_next' }
  if (!['string', 'number'].includes(typeof cursor) || String(cursor).length > cursorMax) return { stop: 'unreadable' }
  return { url: withParameters(url, { [cursor_parameter]: String(cursor) }), found: String(cursor) }
}

/** An address from an answer is asked only where it stays with the API: the secret goes with it (CONN-13). */
const byAddress = ({ url }: Page, given: unknown): Next => {
  if (given === undefined || given === null || given === '' || given === false) return { stop: 'no_next' }
  const next = typeof given === 'string' ? resolveAddress(given, url) : undefined
  if (!next) return { stop: 'unreadable' }
  return isSameOrigin(next, url) ? { url: next, found: next.href } : { stop: 'elsewhere', found: next.origin }
}

const cursorMax = 4096

const at = (body: unknown, path: string | undefined): unknown => {
  const steps = path === undefined ? undefined : readPath(path)
  return steps ? findAt(body, steps)[0] : undefined
}

const sizeOf = ({ size_parameter, page_size }: Pagination): Record<string, string> =>
  size_parameter && page_size !== undefined ? { [size_parameter]: String(page_size) } : {}

const placeOf = (
  { mode, page_parameter = 'page', first_page = 1, offset_parameter = 'offset' }: Pagination,
  number: number,
  offset: number,
): Record<string, string> => {
  if (mode === 'page') return { [page_parameter]: String(first_page + number - 1) }
  return mode === 'offset' ? { [offset_parameter]: String(offset) } : {}
}
