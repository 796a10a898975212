import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { requestOf } from '../_sql/testing/run.ts'
import { queryJudgedBy } from './query.ts'
import { type Judge, judge } from './statement-class.ts'
import { randomStatement } from './testing/random-statements.ts'
import { targetOf } from './testing/run.ts'
import { openServer, serverNames, type TestServer } from './testing/servers.ts'
import { stateSql, victimSql } from './testing/victim.ts'

const some = 300
const count = process.env.ASSURE === '1' ? 100_000 : some
const seed = Number(process.env.FUZZ_SEED ?? 18)
const database = 'jf_read_only_fuzz'
const writer = { username: 'jf_fuzz_writer', password: 'Wr1ter-pass' }
const nobody: Judge = async () => ({ verdict: 'unexamined', functions: [] })

/**
 * What the second layer promises: a statement that it lets pass writes nothing by itself, even where the session may
 * write. What functions of the database do, called by name or by a view, is not for it to know: that is what the server's
 * read-only transaction is for, which holds by itself.
 */
describe.each(serverNames)(`${count} statements made at random on the %s server`, (name) => {
  let server: TestServer
  let session: Client
  let watcher: Client
  beforeAll(async () => {
    server = await openServer(name)
    await drop()
    await server.run('postgres', `create database ${database}`)
    await server.run(database, victimSql(database, writer))
    await server.run(database, `alter role ${writer.username} set statement_timeout = '2s'`)
    session = await login(writer)
    watcher = await login(server.admin)
  }, 60_000)
  afterAll(async () => {
    await Promise.all([session?.end(), watcher?.end()])
    await drop()
    server.stop()
  })
  const drop = async () => {
    await server.run('postgres', `drop database if exists ${database} with (force)`)
    await server.run('postgres', `drop role if exists ${writer.username}`)
  }
  const login = async ({ username: user, password }: typeof writer) => {
    const client = new Client({ host: '127.0.0.1', port: server.port, database, user, password })
    await client.connect()
    return client
  }
  const state = async () => JSON.stringify((await watcher.query({ text: stateSql, rowMode: 'array' })).rows)
  let statements = 0
  /** One statement in a transaction, as the driver sends it; answers what the server has against it. */
  const attempt = async (sql: string, begin: string, end: string): Promise<string | undefined> => {
    await session.query(begin)
    const refused = await session.query({ name: `s${statements++}`, text: sql }).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    )
    await session.query(end)
    await session.query('discard all')
    return refused
  }
  const throughDriver = async (sql: string) => {
    const target = targetOf({ config: { port: server.port, database }, credential: writer })
    for await (const _ of queryJudgedBy(nobody, target, requestOf(sql)));
  }
  const runsOwnCode = (sql: string) => /write_|sly/i.test(sql)

  it('write nothing by either layer alone, and the layers agree', { timeout: 1_800_000 }, async () => {
    const random = seededRandom(seed)
    const before = await state()
    const seen = { admitted: 0, refused: 0, unreadable: 0, refusedByServer: 0, ran: 0 }
    let since: string[] = []
    for (let number = 0; number < count; number++) {
      // What was broken until nothing is left of it is no statement.
      const sql = randomStatement(random) || 'select 1'
      since.push(sql)
      const verdict = await judge(requestOf(sql)).then(
        (judged) => judged.verdict,
        () => 'refused',
      )
      const refused = await attempt(sql, 'begin read only', 'rollback')
      if (verdict === 'reads') {
        seen.admitted += 1
        if (!runsOwnCode(sql)) {
          expect({ sql, refused }).not.toEqual({ sql, refused: '25006' })
          if ((await attempt(sql, 'begin read write', 'commit')) === undefined) seen.ran += 1
        }
      } else if (verdict === 'refused') seen.refused += 1
      else seen.unreadable += 1
      if (refused === '25006') seen.refusedByServer += 1
      if (number % (count / some) === 0) await throughDriver(sql).catch(() => {})
      if (since.length < 25 && number < count - 1) continue
      expect({ since, state: await state() }).toEqual({ since, state: before })
      since = []
    }
    // Statements that nobody would let pass, or that nothing is wrong with, prove nothing.
    for (const [kind, share] of Object.entries(seen)) expect([kind, share > count / 50]).toEqual([kind, true])
    await session.query('insert into victim values (777)')
    expect(await state()).not.toBe(before)
  })
})
