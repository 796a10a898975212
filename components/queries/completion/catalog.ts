import { callApi, withQuery } from '#lib/client/api'
import type { DiscoveredRelation, DiscoveredSchema } from '#lib/connectors/contract'
import { relationKey } from '../../data-sources/tree-model.ts'
import { isSame, type TableName } from './sources.ts'

/** What a source holds, as far as it is asked for. Nothing in it throws: what cannot be read is not there. */
export interface Catalog {
  /** The schema meant where a statement names none. */
  usualSchema: string | undefined
  schemas(): Promise<readonly string[]>
  relations(schema: string): Promise<readonly DiscoveredRelation[]>
  /** By a part of the name; without one, those of the usual schema. */
  search(word: string): Promise<readonly DiscoveredRelation[]>
  relation(table: TableName): Promise<DiscoveredRelation | undefined>
}

const limit = 200

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
  const find = async ({ schema, name }: TableName): Promise<TableName | undefined> => {
    const found = await list({ q: name, ...(schema !== undefined && { schema }) })
    const same = found.filter((one) => isSame(one.name, name))
    return same.find((one) => one.schema === usualSchema) ?? same[0]
  }
  return {
    usualSchema,
    schemas,
    relations: async (schema) => {
      const name = (await schemas()).find((one) => isSame(one, schema))
      return name === undefined ? [] : list({ schema: name })
    },
    search: async (word) => {
      if (word !== '') return list({ q: word })
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
