import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Person, useApi } from '#lib/api/testing/install'
import { targetPassword, type useTarget } from '#lib/api/testing/target'

type Api = ReturnType<typeof useApi>
type Target = ReturnType<typeof useTarget>

/** Makes a connection to the target that takes statements. */
export const createSource = async (
  api: Api,
  target: Target,
  as: Person,
  more: { conn_id: string; environment?: string },
) => {
  const credential = { config: { username: 'etl', password: targetPassword } }
  const body = { name: more.conn_id, type: 'postgres', config: target.config(), credential, ...more }
  const answer = await api.call('POST', '/api/connections', { as, body })
  expect([answer.status, answer.text]).toEqual([201, answer.text])
  return answer.body.data.id as string
}

/** The lines of an NDJSON answer. */
export const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))

/** Waits until something is so, as long as a slow machine takes. */
export const until = async <T>(look: () => Promise<T>, isSo: (found: T) => boolean, within_ms = 20_000): Promise<T> => {
  const end = performance.now() + within_ms
  for (;;) {
    const found = await look()
    if (isSo(found)) return found
    if (performance.now() > end) throw new Error(`it never was so: ${JSON.stringify(found)}`)
    await sleep(25)
  }
}

/** How many statements with this mark run on the target. */
export const runningOn = async ({ query }: Target, mark: string): Promise<number> => {
  const [row] = await query(`select count(*)::int as n from pg_stat_activity
    where state = 'active' and query like '%${mark}%' and pid <> pg_backend_pid()`)
  return Number(row?.n)
}
