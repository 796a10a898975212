'use client'
import { useDebouncedCallback } from '@mantine/hooks'
import { useMemo, useRef, useState } from 'react'
import { callApi, withQuery } from '#lib/client/api'
import { isAborted, sentenceOf } from '#lib/client/problem'
import type { DiscoveredRelation, DiscoveredSchema } from '#lib/connectors/contract'
import { sourceBase } from './explorer-source.ts'
import {
  browseRows,
  type Opened,
  type RelationAnswer,
  type RelationList,
  schemaKey,
  searchRows,
  type TreeRelation,
  type TreeRow,
} from './tree-model.ts'
import { useAddress } from './use-address.ts'

/** What the server already knows when the page is first painted. */
export interface ExplorerStart {
  /** Id of the connection. `ref` is a name React keeps for itself. */
  source: string
  schemas: readonly DiscoveredSchema[]
  /** The schema that is open at the start, with its first page. */
  first: { schema: string; items: readonly DiscoveredRelation[]; cursor: string | null } | undefined
  /** The relation the address names (by its key), or why it could not be read. */
  selected: { key: string; answer: RelationAnswer } | undefined
}

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
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(first ? [schemaKey(first.schema)] : []))
  const [tables, setTables] = useState<Opened['tables']>({})
  const search = useRelationSearch(base)
  const details = useDetails(base, start.selected)
  const { found } = search
  // Not for every letter in the search or tab of a table: these may be tens of thousands.
  const rows = useMemo(() => {
    const opened = { keys: open, tables }
    return found ? searchRows(found, opened) : browseRows(schemas, lists, opened)
  }, [found, schemas, lists, open, tables])

  const put = (schema: string, list: RelationList) => setLists((known) => ({ ...known, [schema]: list }))
  const load = async (schema: string, before: RelationList | undefined) => {
    const items = before?.items ?? []
    put(schema, { items, cursor: before?.cursor ?? null, status: 'loading' })
    try {
      const limit = before ? pageSizes.next : pageSizes.first
      put(schema, await fetchRelations(`${base}/tables`, { schema, cursor: before?.cursor, limit }, items))
    } catch (error) {
      put(schema, { items, cursor: before?.cursor ?? null, status: 'failed', problem: sentenceOf(error) })
    }
  }
  /** As far as it was loaded before, and only then in its place: nobody loses theirs. */
  const loadAgain = async (schema: string, { items: { length } }: RelationList) => {
    const limit = length > pageSizes.first ? pageSizes.next : pageSizes.first
    let fresh: RelationList = { items: [], cursor: null, status: 'ready' }
    try {
      do fresh = await fetchRelations(`${base}/tables`, { schema, cursor: fresh.cursor, limit }, fresh.items)
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
  }
  /** Fetches what a note row stands for: the next page, or a failed one again. */
  const loadMore = (row: TreeRow) => {
    if (row.kind !== 'note' || row.note === 'loading' || row.note === 'empty') return
    if (row.of === 'search') search.more()
    else if ('table' in row.of) void loadTable(row.of.table)
    else if (lists[row.of.schema]?.status !== 'loading') void load(row.of.schema, lists[row.of.schema])
  }
  /** Fetches anew what is shown, after somebody read the source again. */
  const reload = async () => {
    const isOpen = (schema: string) => open.has(schemaKey(schema))
    // At once: what somebody opens while this waits for the server is new already and stays.
    setLists((known) => Object.fromEntries(Object.entries(known).filter(([schema]) => isOpen(schema))))
    setSchemas((await callApi<DiscoveredSchema[]>(`${base}/schemas`)).data)
    details.forget()
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

/** Relations of all schemas by a part of their name or comment, or of their columns, found on the server. */
const useRelationSearch = (base: string) => {
  const [q, setQ] = useState('')
  const [found, setFound] = useState<RelationList>()
  const abort = useRef<AbortController>(undefined)

  const run = async (text: string, before: RelationList | undefined) => {
    abort.current?.abort()
    const { signal } = renew(abort)
    const items = before?.items ?? []
    try {
      const query = { q: text, cursor: before?.cursor, limit: pageSizes.search }
      setFound(await fetchRelations(`${base}/search`, query, items, signal))
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
  const key = params.get('table') ?? undefined
  const [cache, setCache] = useState(() => new Map<string, RelationAnswer | Promise<RelationAnswer>>())
  if (key !== undefined && !cache.has(key))
    cache.set(key, selected?.key === key ? selected.answer : fetchRelation(base, key))
  return {
    key,
    answer: key === undefined ? undefined : cache.get(key),
    tab: params.get('tab') ?? 'columns',
    select: (table: string) => go({ table }),
    showTab: (tab: string) => key !== undefined && replace({ table: key, tab }),
    close: () => go({}),
    forget: () => setCache(new Map()),
    /** One with its columns, for those who only want to take something along. */
    load: async (table: string): Promise<DiscoveredRelation> => {
      const known = await (cache.get(table) ?? fetchRelation(base, table))
      if ('problem' in known) throw new Error(known.problem)
      return known.relation
    },
  }
}

const fetchRelation = (base: string, key: string): Promise<RelationAnswer> =>
  callApi<DiscoveredRelation>(`${base}/tables/${encodeURIComponent(key)}`).then(
    ({ data }) => ({ relation: data }),
    (error: unknown) => ({ problem: sentenceOf(error) }),
  )

const fetchRelations = async (
  path: string,
  query: { schema?: string; q?: string; cursor: string | null | undefined; limit: number },
  before: readonly TreeRelation[],
  signal?: AbortSignal,
): Promise<RelationList> => {
  const { data, meta } = await callApi<TreeRelation[]>(withQuery(path, query), { signal })
  // Of our own API, parsed there; see callApi.
  const { cursor } = meta.page as { cursor: string | null }
  return { items: [...before, ...data], cursor, status: 'ready' }
}
