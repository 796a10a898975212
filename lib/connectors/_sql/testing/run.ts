import * as z from 'zod'
import { collectLines, collectTest, type RunLimits, surroundings } from '../../_test/testing/run.ts'
import {
  type Capabilities,
  discoverRequest,
  queryRequest,
  type ResultHead,
  type ResultLast,
  resultHead,
  resultLast,
} from '../../contract.ts'

export interface RunOptions extends RunLimits {
  config: Record<string, unknown>
  credential?:
    | {
        username: string
        password?: string
        client_certificate?: string
        client_key?: string
        client_key_passphrase?: string
      }
    | undefined
}

/** A result as a reader sees it. */
export interface Result {
  head: ResultHead | undefined
  rows: unknown[][]
  last: ResultLast
}

const limits = { rows: 10_000, bytes: 50_000_000, cell_bytes: 1_000_000, columns: 1_000, timeout_ms: 30_000 }

export type QueryOptions = Omit<z.input<typeof queryRequest>, 'sql' | 'limits'> & {
  limits?: Partial<z.input<typeof queryRequest>['limits']>
}

/** Small limits and long ones change only what they name. */
export const requestOf = (sql: string, { limits: change, ...options }: QueryOptions = {}) =>
  queryRequest.parse({ sql, ...options, limits: { ...limits, ...change } })

/** Reads a result to its end. */
export const collectResult = async (run: AsyncIterable<Uint8Array>): Promise<Result> => {
  const parts: Uint8Array[] = []
  for await (const bytes of run) parts.push(bytes)
  const lines = new TextDecoder('utf8', { fatal: true }).decode(Buffer.concat(parts)).split('\n').filter(Boolean)
  const parsed = lines.map((line): unknown => JSON.parse(line))
  const last = resultLast.parse(parsed.pop())
  const [first, ...rows] = parsed
  return {
    head: first === undefined ? undefined : resultHead.parse(first),
    rows: z.array(z.array(z.unknown())).parse(rows),
    last,
  }
}

/** A database driver as the runner would run it: at a server on this machine, without encryption unless said. */
export const driverAt = <C extends z.ZodObject>(
  driver: Pick<Capabilities<C, 'database.password'>, 'test' | 'discover'> &
    Partial<Pick<Capabilities<C, 'database.password'>, 'query'>>,
  schema: C,
  database: string,
) => {
  const targetOf = ({ config, credential, ...limits }: RunOptions) => ({
    config: schema.parse({ host: '127.0.0.1', database, ssl_mode: 'disable', ...config }),
    credential: credential && { kind: 'database.password' as const, ...credential },
    ...surroundings(limits),
  })
  return {
    targetOf,
    /** A statement's result, read to its end. */
    runQuery: (options: RunOptions, sql: string, query: QueryOptions = {}): Promise<Result> => {
      if (!driver.query) throw new Error('This connector runs no statements.')
      return collectResult(driver.query(targetOf({ limits: { total_ms: 60_000 }, ...options }), requestOf(sql, query)))
    },
    /** The test, with all it yielded. */
    runTest: (options: RunOptions) => collectTest(driver.test(targetOf(options))),
    /** The discovery, each line parsed. */
    runDiscover: <S extends z.ZodType>(
      options: RunOptions,
      request: z.input<typeof discoverRequest>,
      line: S,
    ): Promise<z.output<S>[]> =>
      collectLines(
        driver.discover(targetOf({ limits: { total_ms: 60_000 }, ...options }), discoverRequest.parse(request)),
        line,
      ),
  }
}
