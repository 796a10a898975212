import type * as z from 'zod'
import { collectLines, collectTest, type RunLimits, surroundings } from '../../_test/testing/run.ts'
import { discoverRequest } from '../../contract.ts'
import { driver } from '../driver.ts'
import { manifest } from '../manifest.ts'

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

const targetOf = ({ config, credential, ...limits }: RunOptions) => ({
  config: manifest.config.parse({ host: '127.0.0.1', database: 'shop', ssl_mode: 'disable', ...config }),
  credential: credential && { kind: 'database.password' as const, ...credential },
  ...surroundings(limits),
})

/** The driver's test as the runner would run it, with all it yielded. */
export const runTest = (options: RunOptions) => collectTest(driver.test(targetOf(options)))

/** The driver's discovery, each line parsed. */
export const runDiscover = <S extends z.ZodType>(
  options: RunOptions,
  request: z.input<typeof discoverRequest>,
  schema: S,
): Promise<z.output<S>[]> =>
  collectLines(
    driver.discover(targetOf({ limits: { total_ms: 60_000 }, ...options }), discoverRequest.parse(request)),
    schema,
  )
