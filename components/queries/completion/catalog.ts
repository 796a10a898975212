import { callApi, withQuery } from '#lib/client/api'
import type { DiscoveredRelation, DiscoveredSchema } from '#lib/connectors/contract'
import { relationKey } from '../../data-sources/tree-model.ts'
import { isSame, type TableName } from './sources.ts'

/** What a source holds, as far as it is asked for. Nothing in it throws: what cannot be read is not there. */
export interface Catalog {
  /** The schema meant where a statement names none. */
  usualSchema: string | undefined
  schemas(): Promise<readonly string[]>
  /** Of one schema, by a part of the name. */
  relations(schema: string, word: string): Promise<readonly DiscoveredRelation[]>
  /** By a part of the name; without one, those of the usual schema. */
  search(word: string): Promise<readonly DiscoveredRelation[]>
  relation(table: TableName): Promise<DiscoveredRelation | undefined>
}

const limit = 100

/** Asks the server, once for each thing for as long as the page is open. */
export const createCatalog = (source: string, usualSchema: string | undefined): Catalog => {
  const base = `/api/data-sources/${encodeURIComponent(source)}`
  const read = createReader()
  const list = (query: Record<string, string | number>) =>
    read<DiscoveredRelation[]>(withQuery(`${base}/tables`, { ...query, limit }), [])
  const schemas = async () => {
    const all = await read<DiscoveredSchema[]>(`${base}/schemas`, [])
    return all.filter(({ usable }) => usable).map(({ name }) => name)
  }
  // The best come first, so that what was meant is among them however many there are.
  const named = (q: string, schema?: string) =>
    read<DiscoveredRelation[]>(withQuery(`${base}/search`, { q, schema, in: 'names', limit }), [])
  const find = async ({ schema, name }: TableName): Promise<TableName | undefined> => {
    const found = await named(name, schema)
    const same = found.filter((one) => isSame(one.name, name))
    return same.find((one) => one.schema === usualSchema) ?? same[0]
  }
  /** Of the usual schema first: elsewhere there may be more of them than are asked for. */
  const everywhere = async (word: string) => {
    const [usual = [], all = []] = await Promise.all([
      usualSchema === undefined ? [] : named(word, usualSchema),
      named(word),
    ])
    return [...usual, ...all.filter(({ schema }) => schema !== usualSchema)]
  }
  return {
    usualSchema,
    schemas,
    relations: async (schema, word) => {
      const name = (await schemas()).find((one) => isSame(one, schema))
      if (name === undefined) return []
      return word === '' ? list({ schema: name }) : named(word, name)
    },
    search: async (word) => {
      if (word !== '') return everywhere(word)
      const schema = usualSchema ?? (await schemas())[0]
      return schema === undefined ? [] : list({ schema })
    },
    relation: async (table) => {
      const { schema, name } = (await find(table)) ?? {}
      if (schema === undefined || name === undefined) return undefined
      const key = relationKey({ schema, name })
      return read<DiscoveredRelation | undefined>(`${base}/tables/${encodeURIComponent(key)}`, undefined)
    },
  }
}

const createReader = () => {
  const known = new Map<string, Promise<unknown>>()
  return <T>(path: string, otherwise: T): Promise<T> => {
    const before = known.get(path)
    // The same address was read as the same type.
    if (before) return before as Promise<T>
    const asked = callApi<T>(path).then(
      ({ data }) => data,
      () => {
        known.delete(path)
        return otherwise
      },
    )
    known.set(path, asked)
    return asked
  }
}
