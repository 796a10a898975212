import { beforeAll, expect, test, vi } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword, useTarget } from '#lib/api/testing/target'
import { seededRandom } from '#lib/core/testing/random'
import { db } from '#lib/db/client'
import { useHoldingProxy } from './testing/holding-proxy.ts'
import { refreshing } from './testing/refreshing.ts'

const kills = process.env.ASSURE === '1' ? 50 : 3
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

const api = useApi()
const engine = useEngine()
const target = useTarget()
const proxy = useHoldingProxy(() => target.config().port)

let people: TestWorkspace['people']
const { create, ask, ended, refresh } = refreshing(api, () => people)
const tables = 150

/** Another comment on some tables of both schemas, one table more and one less. */
const alter = (round: number, share: number) =>
  target.query(`do $$ begin for n in 1..${Math.ceil(tables * share)} loop
    execute format('comment on table one.t_%s is %L', n, repeat('round ${round} ', 200));
    execute format('comment on table two.t_%s is %L', n, repeat('round ${round} ', 200)); end loop; end $$;
    create table one.added_${round} (id int); drop table if exists one.added_${Math.max(round - 2, 0)}`)

beforeAll(async () => {
  people = (await makeWorkspace()).people
  await target.query(`create schema one; create schema two; do $$ begin for n in 1..${tables} loop
    execute format('create table one.t_%s (id int)', n); execute format('create table two.t_%s (id int)', n); end loop; end $$`)
}, 120_000)

test(`an engine killed ${kills} times in mid-refresh leaves nothing half, and the next one finishes (SEED=${seed})`, {
  timeout: kills * 60_000 + 60_000,
}, async () => {
  const random = seededRandom(seed)
  const connectionId = await create('killed', 'postgres', {
    config: target.config({ port: proxy.port() }),
    credential: { config: { username: 'etl', password: targetPassword } },
  })
  await refresh('killed')
  for (let round = 1; round <= kills; round++) {
    await alter(round, 0.2 + random() * 0.8)
    const before = await db().sourceCache.findFirstOrThrow({ where: { connectionId } })
    proxy.hold(Math.floor(random() * 400_000))
    const asked = await ask('killed')
    const isOver = async () =>
      proxy.isHeld() || !!(await db().sourceRefresh.findFirst({ where: { id: asked, endedAt: { not: null } } }))
    await vi.waitFor(async () => expect(await isOver()).toBe(true), { timeout: 60_000, interval: 20 })
    await engine.kill()
    const broken = await db().sourceRefresh.findFirstOrThrow({ where: { id: asked } })
    // Not said to be known from now while it is not.
    if (broken.endedAt === null)
      expect(await db().sourceCache.findFirstOrThrow({ where: { connectionId } })).toEqual(before)
    expect(await db().sourceObject.count({ where: { connectionId, structure: null } })).toBe(0)
    proxy.release()
    await engine.start()
    expect(await ended('killed', asked)).toMatchObject({ status: 'done' })
    expect(await db().sourceRefresh.count({ where: { connectionId, status: 'running' } })).toBe(0)
    const current = await db().sourceObject.findMany({
      where: { connectionId, untilAt: null, type: 'relation', schema: { in: ['one', 'two'] } },
      select: { schema: true, name: true, comment: true },
      orderBy: [{ schema: 'asc' }, { name: 'asc' }],
    })
    const there =
      await target.query(`select n.nspname as schema, c.relname as name, obj_description(c.oid, 'pg_class') as comment
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('one', 'two') and c.relkind = 'r'
      order by n.nspname, c.relname`)
    expect(current).toEqual(there)
    // One version of each by one refresh, however often it was begun.
    const versions = await db().sourceObject.groupBy({
      by: ['schema', 'name'],
      where: { fromRefresh: asked },
      _count: true,
    })
    expect(versions.filter(({ _count }) => _count !== 1)).toEqual([])
  }
})
