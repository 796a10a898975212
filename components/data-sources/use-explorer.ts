'use client'
import { useDebouncedCallback } from '@mantine/hooks'
import { useMemo, useRef, useState } from 'react'
import { callApi } from '#lib/client/api'
import { isAborted, sentenceOf } from '#lib/client/problem'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { CountedSchema, WholeObject } from '#lib/data-sources/objects'
import { sourceBase } from './explorer-source.ts'
import { fetchPage } from './fetch-page.ts'
import {
  browseRows,
  type FoundList,
  type Opened,
  type RelationAnswer,
  type RelationList,
  schemaKey,
  searchRows,
  type TreeRelation,
  type TreeRow,
} from './tree-model.ts'
import { groupKey, groupOf, type ObjectAnswer, parseObjectKey } from './tree-objects.ts'
import { useAddress } from './use-address.ts'
import { fetchObject, useObjectGroups } from './use-object-groups.ts'

/** What the server already knows when the page is first painted. */
export interface ExplorerStart {
  /** Id of the connection. `ref` is a name React keeps for itself. */
  source: string
  schemas: readonly CountedSchema[]
  /** The schema that is open at the start, with its first page. */
  first: { schema: string; items: readonly DiscoveredRelation[]; cursor: string | null } | undefined
  /** What the address names (by its key), or why it could not be read. */
  selected: { key: string; answer: DetailAnswer } | undefined
}

export type DetailAnswer = RelationAnswer | ObjectAnswer

/** The first page is what is seen at once; who scrolls on wants many. */
const pageSizes = { first: 200, next: 1_000, search: 100 } as const

/** The state behind the explorer. Lists and details are fetched when somebody asks for them, and kept. */
export const useExplorer = (start: ExplorerStart) => {
  const base = sourceBase(start.source)
  const { first } = start
  const [schemas, setSchemas] = useState(start.schemas)
  const [lists, setLists] = useState<Record<string, RelationList>>(
    first ? { [first.schema]: { items: first.items, cursor: first.cursor, status: 'ready' } } : {},
  )
  const shown = start.selected && 'object' in start.selected.answer ? groupOf(start.selected.answer.object) : undefined
  const [open, setOpen] = useState<ReadonlySet<string>>(
    () => new Set([...(first ? [schemaKey(first.schema)] : []), ...(shown ? [groupKey(shown)] : [])]),
  )
  const objects = useObjectGroups(base, shown)
  const [tables, setTables] = useState<Opened['tables']>({})
  const search = useRelationSearch(base)
  const details = useDetails(base, start.selected)
  const { found } = search
  // Not for every letter in the search or tab of a table: these may be tens of thousands.
  const rows = useMemo(() => {
    const opened = { keys: open, tables, groups: objects.groups }
    return found ? searchRows(found, opened) : browseRows(schemas, lists, opened)
  }, [found, schemas, lists, open, tables, objects.groups])

  const put = (schema: string, list: RelationList) => setLists((known) => ({ ...known, [schema]: list }))
  const load = async (schema: string, before: RelationList | undefined) => {
    const items = before?.items ?? []
    put(schema, { items, cursor: before?.cursor ?? null, status: 'loading' })
    try {
      const limit = before ? pageSizes.next : pageSizes.first
      put(schema, await fetchPage<TreeRelation>(`${base}/tables`, { schema, cursor: before?.cursor, limit }, items))
    } catch (error) {
      put(schema, { items, cursor: before?.cursor ?? null, status: 'failed', problem: sentenceOf(error) })
    }
  }
  /** As far as it was loaded before, and only then in its place: nobody loses theirs. */
  const loadAgain = async (schema: string, { items: { length } }: RelationList) => {
    const limit = length > pageSizes.first ? pageSizes.next : pageSizes.first
    let fresh: RelationList = { items: [], cursor: null, status: 'ready' }
    try {
      do fresh = await fetchPage<TreeRelation>(`${base}/tables`, { schema, cursor: fresh.cursor, limit }, fresh.items)
      while (fresh.cursor !== null && fresh.items.length < length)
      put(schema, fresh)
    } catch (error) {
      put(schema, { ...fresh, status: 'failed', problem: sentenceOf(error) })
    }
  }
  const loadTable = async (key: string) => {
    setTables((known) => ({ ...known, [key]: 'loading' }))
    await loadTableAgain(key)
  }
  const loadTableAgain = async (key: string) => {
    const answer = await fetchRelation(base, key)
    setTables((known) => ({ ...known, [key]: answer }))
  }
  const setRowOpen = ({ key, ...row }: TreeRow, isOpen: boolean) => {
    setOpen((known) => (isOpen ? new Set([...known, key]) : new Set([...known].filter((other) => other !== key))))
    if (!isOpen) return
    if (row.kind === 'relation' && needsLoading(tables[key])) void loadTable(key)
    if (row.kind === 'schema' && needsLoading(lists[row.schema.name])) void load(row.schema.name, undefined)
    if (row.kind === 'group' && !objects.isKnown(row.group)) objects.more(row.group)
  }
  /** Fetches what a note row stands for: the next page, or a failed one again. */
  const loadMore = (row: TreeRow) => {
    if (row.kind !== 'note' || row.note === 'loading' || row.note === 'empty') return
    if (row.of === 'search') search.more()
    else if ('table' in row.of) void loadTable(row.of.table)
    else if ('group' in row.of) objects.more(row.of.group)
    else if (lists[row.of.schema]?.status !== 'loading') void load(row.of.schema, lists[row.of.schema])
  }
  /** Fetches anew what is shown, after somebody read the source again. */
  const reload = async () => {
    const isOpen = (schema: string) => open.has(schemaKey(schema))
    // At once: what somebody opens while this waits for the server is new already and stays.
    setLists((known) => Object.fromEntries(Object.entries(known).filter(([schema]) => isOpen(schema))))
    setSchemas((await callApi<CountedSchema[]>(`${base}/schemas`)).data)
    details.forget()
    objects.reload((key) => open.has(key))
    setTables((known) => Object.fromEntries(Object.entries(known).filter(([key]) => open.has(key))))
    await Promise.all([
      ...Object.entries(lists).map(([schema, list]) => (isOpen(schema) ? loadAgain(schema, list) : undefined)),
      ...Object.keys(tables).map((key) => (open.has(key) ? loadTableAgain(key) : undefined)),
    ])
  }
  return { rows, schemas, search, details, setRowOpen, loadMore, reload }
}

const needsLoading = (known: RelationList | RelationAnswer | 'loading' | undefined): boolean =>
  known === undefined || (known !== 'loading' && 'problem' in known)

/** What there is in all schemas by a part of its name or comment, or of its columns, found on the server. */
const useRelationSearch = (base: string) => {
  const [q, setQ] = useState('')
  const [found, setFound] = useState<FoundList>()
  const abort = useRef<AbortController>(undefined)

  const run = async (text: string, before: FoundList | undefined) => {
    abort.current?.abort()
    const { signal } = renew(abort)
    const items = before?.items ?? []
    try {
      const query = { q: text, types: 'all', cursor: before?.cursor, limit: pageSizes.search }
      setFound(await fetchPage(`${base}/search`, query, items, signal))
    } catch (error) {
      if (!isAborted(error)) setFound({ items, cursor: null, status: 'failed', problem: sentenceOf(error) })
    }
  }
  const runSoon = useDebouncedCallback((text: string) => void run(text, undefined), 150)
  const type = (text: string) => {
    setQ(text)
    if (text.trim() === '') {
      runSoon.cancel()
      abort.current?.abort()
      return setFound(undefined)
    }
    setFound((known) => ({ items: known?.items ?? [], cursor: null, status: 'loading' }))
    runSoon(text.trim())
  }
  return { q, found, type, more: () => found?.cursor && void run(q.trim(), found) }
}

const renew = (abort: { current: AbortController | undefined }): AbortController => {
  const fresh = new AbortController()
  abort.current = fresh
  return fresh
}

/** Details by key: one request each, shared by everyone who asks. */
const useDetails = (base: string, selected: ExplorerStart['selected']) => {
  const { params, go, replace } = useAddress()
  const table = params.get('table') ?? undefined
  const key = table ?? params.get('object') ?? undefined
  const [cache, setCache] = useState(() => new Map<string, DetailAnswer | Promise<DetailAnswer>>())
  const fetched = (one: string) => (one === table ? fetchRelation(base, one) : fetchObject(base, one))
  if (key !== undefined && !cache.has(key)) cache.set(key, selected?.key === key ? selected.answer : fetched(key))
  return {
    key,
    answer: key === undefined ? undefined : cache.get(key),
    tab: params.get('tab') ?? 'columns',
    select: (one: string) => go(parseObjectKey(one) ? { object: one } : { table: one }),
    showTab: (tab: string) => table !== undefined && replace({ table, tab }),
    close: () => go({}),
    forget: () => setCache(new Map()),
    /** One with its columns, for those who only want to take something along. */
    load: async (table: string): Promise<DiscoveredRelation> => {
      const known = await (cache.get(table) ?? fetchRelation(base, table))
      if ('relation' in known) return known.relation
      throw new Error('problem' in known ? known.problem : 'This is no table.')
    },
    loadObject: async (one: string): Promise<WholeObject> => {
      const known = await (cache.get(one) ?? fetchObject(base, one))
      if ('object' in known) return known.object
      throw new Error('problem' in known ? known.problem : 'This is a table.')
    },
  }
}

const fetchRelation = (base: string, key: string): Promise<RelationAnswer> =>
  callApi<DiscoveredRelation>(`${base}/tables/${encodeURIComponent(key)}`).then(
    ({ data }) => ({ relation: data }),
    (error: unknown) => ({ problem: sentenceOf(error) }),
  )
