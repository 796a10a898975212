import type * as z from 'zod'
import { collectLines, collectTest, type RunLimits, surroundings } from '../../_test/testing/run.ts'
import { type Capabilities, discoverRequest } from '../../contract.ts'

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

/** A database driver as the runner would run it: at a server on this machine, without encryption unless said. */
export const driverAt = <C extends z.ZodObject>(
  driver: Pick<Capabilities<C, 'database.password'>, 'test' | 'discover'>,
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
