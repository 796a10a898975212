import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Api, json, secrets, startApi } from './testing/api.ts'
import { runPages } from './testing/run.ts'

let api: Api
let limited = 0
beforeAll(async () => {
  api = await startApi({
    extra: ({ pathname, searchParams }, _, response) => {
      if (pathname === '/busy')
        return limited-- > 0 ? json(response, {}, 429, { 'retry-after': '1' }) : json(response, [1])
      if (pathname === '/stuck')
        return json(response, { data: [1], next: `t${Number(searchParams.get('cursor')?.slice(1) ?? 0) + 1}` })
      if (pathname === '/large')
        return json(response, [{ text: 'x'.repeat(5000), deep: [[[[[[[[1]]]]]]]], many: Array(500).fill(0) }])
      if (pathname === '/odd') return json(response, { data: [1], next: { not: 'a cursor' } })
      return json(response, { error: 'none' }, 404)
    },
  })
})
afterAll(() => api?.stop())

const pages = (pagination: object | undefined, path: string, rest: object = {}, config: object = {}) =>
  runPages(
    { config: { base_url: api.origin, ...(pagination && { pagination }), ...config } },
    { path, pages: 5, ...rest },
  )

it.each([
  ['page number', { mode: 'page', size_parameter: 'limit', page_size: 10 }, '/list/page', 'not full'],
  ['page number without a size', { mode: 'page' }, '/list/page', 'no items'],
  [
    'offset',
    { mode: 'offset', items_path: '$.data', size_parameter: 'limit', page_size: 10 },
    '/list/offset',
    'not full',
  ],
  [
    'cursor',
    { mode: 'cursor', items_path: '$.data.rows', cursor_path: '$.meta.next' },
    '/list/cursor',
    'names no next page',
  ],
  [
    'last id as cursor',
    {
      mode: 'cursor',
      items_path: '$.data',
      cursor_path: '$.data[-1].id',
      cursor_parameter: 'starting_after',
      more_path: '$.has_more',
    },
    '/list/after',
    'there is no more',
  ],
  ['link header', { mode: 'link' }, '/list/link', 'names no next page'],
  [
    'address in the body',
    { mode: 'next_url', items_path: '$.value', next_path: '$["@odata.nextLink"]' },
    '/list/next',
    'names no next page',
  ],
])('by %s every item is read once and in order', async (_, pagination, path, why) => {
  const { pages: found, end } = await pages(pagination, path, { items: 20 })
  const ids = found.flatMap(({ sample }) => sample.map((item) => Object(item).id))
  expect(ids).toEqual(Array.from({ length: 25 }, (_, index) => `item-${index + 1}`))
  expect(found.map(({ items }) => items)).toEqual(found.length === 4 ? [10, 10, 5, 0] : [10, 10, 5])
  expect(end).toMatchObject({ items: 25, cause: null, sentence: expect.stringContaining(why) })
  expect(found.flatMap(({ warnings }) => warnings)).toEqual([])
})

it('stops at the number of pages asked for, and at the one the settings allow', async () => {
  const asked = await pages({ mode: 'page' }, '/list/page', { pages: 2 })
  expect([asked.pages.length, asked.end?.sentence]).toEqual([2, expect.stringContaining('preview ends after 2 pages')])
  const allowed = await pages({ mode: 'page', max_pages: 1 }, '/list/page')
  expect([allowed.pages.length, allowed.end?.sentence]).toEqual([
    1,
    expect.stringContaining('settings allow only 1 page'),
  ])
})

it('notices a list that runs in a circle, and a page that comes twice', async () => {
  const pagination = { mode: 'cursor', items_path: '$.data', cursor_path: '$.next' }
  const { pages: found, end } = await pages(pagination, '/list/loop')
  expect(found.length).toBe(2)
  expect(found[1]?.warnings).toEqual([
    expect.stringContaining('very same answer'),
    expect.stringContaining('never end'),
  ])
  expect(end?.sentence).toContain('circle')
  const ignored = await pages({ mode: 'page', page_parameter: 'p' }, '/list/page', { pages: 2 })
  expect(ignored.pages[1]?.warnings).toEqual([expect.stringContaining('very same answer')])
})

it('says where a list is when there is none where the settings look', async () => {
  const { pages: wrong } = await pages({ mode: 'none', items_path: '$.rows' }, '/list/cursor')
  expect(wrong[0]).toMatchObject({
    items: null,
    warnings: ['There is no list at $.rows. There is a list at $.data.rows.'],
  })
  const { pages: unset } = await pages(undefined, '/list/offset')
  expect(unset[0]?.warnings).toEqual(['The answer is no list; say where the items are. There is a list at $.data.'])
  const { end } = await pages({ mode: 'cursor', items_path: '$.data', cursor_path: '$.next' }, '/odd')
  expect(end?.sentence).toContain('no cursor and no address')
})

it('waits where the API asks for it, and not for long', async () => {
  limited = 1
  const { waits, pages: found, end } = await pages(undefined, '/busy')
  expect([waits.map(({ seconds }) => seconds), found.length, end?.cause]).toEqual([[1], 1, null])
  expect((await pages(undefined, '/limited')).end?.cause?.code).toBe('http.rate_limited')
})

it('keeps to the requests a second that the settings allow', async () => {
  const began = performance.now()
  await pages({ mode: 'page' }, '/list/page', { pages: 3 }, { requests_per_second: 4 })
  expect(performance.now() - began).toBeGreaterThan(480)
})

it('shows the beginning of an item only, and addresses without what is secret in them', async () => {
  const { text } = await pages(undefined, '/large')
  expect(text.length).toBeLessThan(3000)
  const credential = { kind: 'api_key.key', placement: 'query', name: 'api_key', api_key: secrets.key } as const
  const config = { base_url: api.origin, pagination: { mode: 'link' } }
  const { pages: found, text: all } = await runPages({ config, credential }, { path: '/list/link' })
  expect(found[0]?.url).toBe(`${api.origin}/list/link?api_key=********`)
  expect(all).not.toContain(secrets.key)
})

it('ends with the cause a test would have', async () => {
  expect((await pages(undefined, '/missing')).end?.cause).toMatchObject({ code: 'http.not_found' })
  expect((await pages(undefined, '/text')).end?.cause).toMatchObject({ code: 'http.not_json' })
  await expect(pages(undefined, 'https://elsewhere.example.com/x')).rejects.toThrow('Enter the path alone')
})
