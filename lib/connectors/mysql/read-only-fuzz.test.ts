import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { type Connection, createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { requestOf } from '../_sql/testing/run.ts'
import { commandOf, refusalOf } from './guard.ts'
import { queryBehind } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { randomStatement } from './testing/random-statements.ts'
import { targetOf } from './testing/run.ts'
import { shopQuestions, shopStatements, shopWriter } from './testing/shop.ts'
import { type Reading, readingOf } from './words.ts'

const some = 300
const count = process.env.ASSURE === '1' ? 20_000 : some
const seed = Number(process.env.FUZZ_SEED ?? 11)
/** Statements are read differently in each of these. */
const modes = ['', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', 'ORACLE', 'IGNORE_SPACE']
const refusedAsWriting = '25006'
const perRound = 25
const options = ['--secure-file-priv=', '--max-statement-time=2']

/**
 * What the guard promises: a statement that it lets pass is one statement and writes nothing by itself, even in a session
 * that may write and takes several at once. What functions of the database do is for the server, which is asked first,
 * alone, through the driver.
 */
describe.skipIf(!hasMariaDb)(`${count} statements made at random on MariaDB`, () => {
  let server: MariaDb
  let files = ''
  beforeAll(async () => {
    server = await startMariaDb(options)
    files = path.join(server.folder, 'data')
    await server.run(...shopStatements, 'CREATE VIEW shop.v AS SELECT a FROM shop.t')
  }, 60_000)
  afterAll(() => server?.stop())

  const questions = [
    ...shopQuestions,
    "SELECT view_definition FROM information_schema.views WHERE table_schema = 'shop'",
    'SELECT * FROM mysql.tables_priv',
  ]
  let watcher: Connection
  let isDown = false
  /** Questions crash MariaDB 10.11 now and then, nested WITHs above all; what was there before has to be there again. */
  const watch = async (mode: string): Promise<void> => {
    if (isDown) await server.restart(options)
    isDown = false
    watcher = await login(server.admin)
    watcher.on('error', () => (isDown = true))
    await watcher.query(`SET SESSION sql_mode = '', GLOBAL sql_mode = '${mode}'`)
  }
  const world = async (): Promise<string> => {
    const found: unknown[] = []
    for (const question of questions) found.push((await watcher.query(question))[0])
    return JSON.stringify([found, readdirSync(path.join(files, 'shop')), existsSync(path.join(files, 'out'))])
  }
  const login = ({ username: user, password }: typeof shopWriter) =>
    createConnection({
      ...{ host: '127.0.0.1', port: server.port, user, password, database: 'shop' },
      ...{ disableEval: true, multipleStatements: true },
    })
  /** As the product runs it, with nothing but the server to hold it back; answers the number of its refusal. */
  const throughDriver = async (sql: string): Promise<string | undefined> => {
    const target = targetOf({
      config: { port: server.port, database: 'shop' },
      credential: shopWriter,
      parting_ms: 800,
    })
    const request = requestOf(sql, { limits: { timeout_ms: 3_000, rows: 100 } })
    let last = ''
    try {
      for await (const bytes of queryBehind(() => undefined, target, request)) last = Buffer.from(bytes).toString()
    } catch {}
    return /"code":"(\w+)"/.exec(last)?.[1]
  }
  /** As somebody with all rights to the tables would, several statements at once. */
  const unheld = async (sql: string): Promise<boolean> => {
    const session = await login(shopWriter).catch(() => undefined)
    try {
      await session?.query(sql)
      return session !== undefined
    } catch {
      return false
    } finally {
      session?.destroy()
    }
  }
  const isExplained = (sql: string, reading: Reading) =>
    ['EXPLAIN', 'DESC', 'DESCRIBE'].includes(commandOf(sql, reading) ?? '')
  const runsOwnCode = (sql: string) => /inserts|lifts|writing_view/i.test(sql)

  it('write nothing by either layer alone, and the layers agree', { timeout: 3_600_000 }, async () => {
    const random = seededRandom(seed)
    await watch('')
    const before = await world()
    const seen = { admitted: 0, refused: 0, refusedByServer: 0, ran: 0 }
    const wrong: { mode: string; sql: string }[] = []
    for (let number = 0; number < count; number += perRound) {
      const mode = modes[(number / perRound) % modes.length] ?? ''
      await watcher.query(`SET GLOBAL sql_mode = '${mode}'`)
      const [[row]] = (await watcher.query('SELECT @@global.sql_mode AS mode')) as unknown as [[{ mode: string }]]
      const reading = readingOf(row.mode)
      const since: string[] = []
      for (let index = 0; index < perRound; index++) {
        const sql = randomStatement(random).replaceAll('$files', files)
        since.push(sql)
        const isAdmitted = refusalOf({ sql, mode: 'read', reading }) === undefined
        const refused = await throughDriver(sql)
        if (refused === refusedAsWriting) seen.refusedByServer += 1
        seen[isAdmitted ? 'admitted' : 'refused'] += 1
        const isJudged = isAdmitted && !runsOwnCode(sql)
        // What the server calls a write, the guard should have; of a plan that is only made it is left to the server.
        if (isJudged && refused === refusedAsWriting && !isExplained(sql, reading)) wrong.push({ mode, sql })
        if (isJudged && !isDown && (await unheld(sql))) seen.ran += 1
        if (isDown) await watch(mode)
      }
      expect({ mode, since, world: await world() }).toEqual({ mode, since, world: before })
    }
    expect(wrong).toEqual([])
    // Statements that nobody would let pass, or that nothing is wrong with, prove nothing.
    for (const [kind, share] of Object.entries(seen)) expect([kind, share > count / 50]).toEqual([kind, true])
    await server.run('INSERT INTO shop.t VALUES (777)')
    expect(await world()).not.toBe(before)
    watcher.destroy()
  })
})
