import { collectLines, collectTest, type RunLimits, surroundings } from '../../_test/testing/run.ts'
import { pageLine, pagesRequest } from '../../contract.ts'
import { driver } from '../driver.ts'
import { manifest } from '../manifest.ts'
import type { HttpTarget } from '../target.ts'

export interface RunOptions extends RunLimits {
  config: Record<string, unknown>
  credential?: HttpTarget['credential']
}

const targetOf = ({ config, credential, ...limits }: RunOptions): HttpTarget => ({
  config: manifest.config.parse(config),
  credential,
  ...surroundings(limits),
})

/** The driver's test as the runner would run it, with all it yielded. */
export const runTest = (options: RunOptions) => collectTest(driver.test(targetOf(options)))

/** The driver's preview of pages: the pages, what it waited for, and how it ended. */
export const runPages = async (options: RunOptions, request: Record<string, unknown> = {}) => {
  const lines = await collectLines(
    driver.pages(targetOf({ limits: { total_ms: 30_000 }, ...options }), pagesRequest.parse(request)),
    pageLine,
  )
  const pages = lines.filter((line) => line.type === 'page')
  const waits = lines.filter((line) => line.type === 'wait')
  const end = lines.find((line) => line.type === 'end')
  return { pages, waits, end, text: JSON.stringify(lines) }
}
