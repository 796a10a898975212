import type { KnownObject } from '../catalog-store.ts'

/** So many are read at once; the next ones are on their way while these are compared. */
export const pageMax = 2_000

export interface Known {
  /** Takes out what is known of one thing. A promise only where it has to be read first. */
  take(schema: string, name: string): KnownObject | undefined | Promise<KnownObject | undefined>
  /** Takes out whatever of a schema nothing asked for; of all schemas where there is none. */
  rest(schema: string | undefined): Promise<KnownObject[]>
}

type ReadPage = (after: KnownObject | undefined) => Promise<KnownObject[]>

/**
 * What is known, page by page in the order of schema and name by their bytes. Most connectors list in that order, so that
 * two pages are in memory at most; from one that does not, what was passed waits here until it is asked for.
 */
export const createKnown = (read: ReadPage): Known => {
  const left = new Map<string, Map<string, KnownObject>>()
  let last: { schema: Buffer; name: Buffer } | undefined
  let isWhole = false
  let next = ahead(read(undefined))

  const load = async (): Promise<void> => {
    const page = await next
    for (const one of page) keep(left, one)
    const end = page.at(-1)
    isWhole = end === undefined || page.length < pageMax
    if (!end || isWhole) return
    last = { schema: Buffer.from(end.schema), name: Buffer.from(end.name) }
    next = ahead(read(end))
  }

  const pick = (schema: string, name: string): KnownObject | undefined => {
    const found = left.get(schema)?.get(name)
    if (found) left.get(schema)?.delete(name)
    return found
  }

  const isPassed = (schema: Buffer, name: Buffer): boolean => {
    if (isWhole) return true
    if (!last) return false
    const order = Buffer.compare(schema, last.schema)
    return order < 0 || (order === 0 && Buffer.compare(name, last.name) <= 0)
  }

  const readOn = async (schema: string, name: string): Promise<KnownObject | undefined> => {
    const place = [Buffer.from(schema), Buffer.from(name)] as const
    while (!isPassed(...place)) await load()
    return pick(schema, name)
  }

  return {
    take(schema, name) {
      const found = pick(schema, name)
      return found || isWhole ? found : readOn(schema, name)
    },
    async rest(schema) {
      const bytes = schema === undefined ? undefined : Buffer.from(schema)
      while (!isWhole && !(bytes && last && Buffer.compare(bytes, last.schema) < 0)) await load()
      const schemas = schema === undefined ? [...left.keys()] : [schema]
      const rest = schemas.flatMap((one) => [...(left.get(one)?.values() ?? [])])
      for (const one of schemas) left.delete(one)
      return rest
    },
  }
}

/** Whoever waits for it hears of its failure; until then nobody may call it unhandled. */
const ahead = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined)
  return promise
}

const keep = (left: Map<string, Map<string, KnownObject>>, one: KnownObject): void => {
  const schema = left.get(one.schema)
  if (schema) schema.set(one.name, one)
  else left.set(one.schema, new Map([[one.name, one]]))
}
