import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collectResult, requestOf } from '../_sql/testing/run.ts'
import { refusalOf } from './guard.ts'
import { queryBehind } from './query.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { targetOf } from './testing/run.ts'
import { shopQuestions, shopStatements, shopWriter } from './testing/shop.ts'

/** Everything that writes, in each way that is known to slip past a check of words. `$files` is a folder of the server. */
const attacks = [
  'INSERT INTO t VALUES (9)',
  'insert/**/into t values (9)',
  '/* SELECT */ INSERT INTO t VALUES (9)',
  '-- SELECT\nINSERT INTO t VALUES (9)',
  '# SELECT\nINSERT INTO t VALUES (9)',
  '/*!INSERT INTO t VALUES (9) */',
  '/*!50000 INSERT INTO t VALUES (9) */',
  '/*M!100100 INSERT INTO t VALUES (9) */',
  'SELECT 1; INSERT INTO t VALUES (9)',
  'SELECT 1 /*! ; INSERT INTO t VALUES (9) */',
  'COMMIT; INSERT INTO t VALUES (9)',
  'REPLACE INTO t VALUES (1)',
  'UPDATE t SET a = 9',
  'UPDATE t, m SET t.a = 9, m.a = 9',
  'DELETE FROM t',
  'DELETE t FROM t JOIN m USING (a)',
  'TRUNCATE t',
  'TRUNCATE TABLE m',
  'INSERT INTO m VALUES (9)',
  'INSERT INTO ar VALUES (9)',
  'INSERT DELAYED INTO m VALUES (9)',
  'INSERT INTO t SELECT 9 RETURNING a',
  'DELETE FROM t RETURNING a',
  'REPLACE INTO t VALUES (1) RETURNING a',
  'WITH c AS (SELECT 1) SELECT * FROM c INTO @x',
  'CREATE TABLE made (a int)',
  'CREATE TABLE made AS SELECT * FROM t',
  'CREATE OR REPLACE TABLE t (a int)',
  'CREATE TEMPORARY TABLE made (a int)',
  'DROP TABLE t',
  'DROP DATABASE shop',
  'ALTER TABLE t ADD b int',
  'ALTER DATABASE shop CHARACTER SET latin1',
  'RENAME TABLE t TO u',
  'CREATE INDEX i ON t (a)',
  'CREATE VIEW made AS SELECT 1',
  'CREATE TRIGGER made BEFORE INSERT ON t FOR EACH ROW SET @x = 1',
  'CREATE PROCEDURE made() SELECT 1',
  'CREATE OR REPLACE FUNCTION inserts() RETURNS int RETURN 1',
  'CREATE EVENT made ON SCHEDULE EVERY 1 DAY DO DELETE FROM t',
  'CREATE SEQUENCE made',
  'DROP SEQUENCE s',
  'SELECT nextval(s)',
  'SELECT NEXT VALUE FOR s',
  'SELECT setval(s, 900)',
  'SELECT `nextval`(s)',
  'ALTER SEQUENCE s RESTART 900',
  'SELECT inserts()',
  'SELECT inserts_unsafe()',
  'SELECT lifts()',
  'SELECT lifts_only(), inserts()',
  'SELECT * FROM t WHERE a = lifts()',
  'SELECT * FROM writing_view',
  'DO lifts()',
  'CALL lifts_inside()',
  'CALL commits_and_lifts()',
  'SET STATEMENT tx_read_only = 0 FOR INSERT INTO t VALUES (9)',
  'SET SESSION tx_read_only = 0',
  'SET @@session.tx_read_only = 0',
  'SET SESSION TRANSACTION READ WRITE',
  'START TRANSACTION READ WRITE',
  'BEGIN',
  'COMMIT AND CHAIN',
  'ROLLBACK RELEASE',
  'BEGIN NOT ATOMIC SET SESSION TRANSACTION READ WRITE; INSERT INTO t VALUES (9); END',
  'BEGIN NOT ATOMIC COMMIT; SET SESSION TRANSACTION READ WRITE; INSERT INTO t VALUES (9); END',
  'BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ROLLBACK; COMMIT; SET tx_read_only = 0; INSERT INTO t VALUES (9); INSERT INTO m VALUES (9); CREATE TABLE made (a int); END',
  `BEGIN NOT ATOMIC DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; XA END 'a'; XA ROLLBACK 'a'; SET tx_read_only = 0; INSERT INTO t VALUES (9); END`,
  'IF 1 THEN SET tx_read_only = 0; INSERT INTO t VALUES (9); END IF',
  'LOOP COMMIT; INSERT INTO t VALUES (9); END LOOP',
  "EXECUTE IMMEDIATE 'INSERT INTO t VALUES (9)'",
  "EXECUTE IMMEDIATE 'CREATE TABLE made (a int)'",
  "PREPARE p FROM 'DROP TABLE t'",
  'EXPLAIN ANALYZE DELETE FROM t',
  'ANALYZE DELETE FROM t',
  'ANALYZE FORMAT=JSON UPDATE t SET a = 9',
  'EXPLAIN INSERT INTO t VALUES (9)',
  'LOAD DATA LOCAL INFILE "/etc/hostname" INTO TABLE t',
  'LOAD DATA INFILE "/etc/hostname" INTO TABLE t',
  'LOAD XML INFILE "/etc/hostname" INTO TABLE t',
  "SELECT 1 INTO OUTFILE '$files/out'",
  "SELECT 1 INTO/**/OUTFILE '$files/out'",
  "SELECT 1 FROM t INTO DUMPFILE '$files/out'",
  "(SELECT 1 INTO OUTFILE '$files/out')",
  'SELECT * FROM t PROCEDURE ANALYSE()',
  'SELECT * FROM t FOR UPDATE',
  'SELECT * FROM t LOCK IN SHARE MODE',
  // A number ends where the next word begins.
  'SELECT a FROM t WHERE a < .5FOR UPDATE',
  'SELECT 1.5INTO @x',
  'SELECT 1e5INTO @x',
  // So does a comment of two dashes, before any control character.
  "SELECT 1 --\x7f '\nINTO @x -- '",
  'SELECT 1\0; DELETE FROM t',
  // Conditions and constant parts are worked out.
  'SHOW TABLES WHERE nextval(s) > 0',
  'EXPLAIN SELECT (SELECT nextval(s))',
  'DESCRIBE SELECT NEXT VALUE FOR s',
  'DESC ANALYZE DELETE FROM t',
  'WITH c AS (SELECT 1) UPDATE (t) SET a = 9',
  'EXPLAIN ANALYZE WITH c AS (SELECT 1) DELETE FROM t',
  'LOCK TABLES t WRITE',
  'HANDLER t OPEN',
  'XA START "a"',
  'OPTIMIZE TABLE m',
  'REPAIR TABLE m',
  'GRANT SELECT ON shop.* TO nobody',
  "CREATE USER made IDENTIFIED BY 'x'",
  "SET PASSWORD = PASSWORD('changed')",
  "ALTER USER CURRENT_USER() IDENTIFIED BY 'changed'",
  'SET GLOBAL max_connections = 10',
  'FLUSH TABLES',
  'FLUSH TABLES WITH READ LOCK',
  'INSTALL SONAME "ha_blackhole"',
  'PURGE BINARY LOGS BEFORE NOW()',
  'SHUTDOWN',
]

describe.skipIf(!hasMariaDb)('what a read-only statement can do', () => {
  let server: MariaDb
  let files = ''
  beforeAll(async () => {
    server = await startMariaDb(['--secure-file-priv='])
    files = path.join(server.folder, 'data')
    await server.run(...shopStatements)
  }, 60_000)
  afterAll(() => server?.stop())

  const questions = [
    ...shopQuestions,
    'SELECT default_character_set_name FROM information_schema.schemata',
    'SELECT * FROM mysql.db',
    'SELECT plugin_name, plugin_status FROM information_schema.plugins',
    'SHOW GLOBAL VARIABLES WHERE variable_name IN ("max_connections", "read_only", "tx_read_only", "max_statement_time")',
  ]
  const world = async (): Promise<string> => {
    const found = []
    for (const question of questions) found.push(await server.rows(question))
    return JSON.stringify([found, readdirSync(path.join(files, 'shop')), existsSync(path.join(files, 'out'))])
  }
  const attempt = async (sql: string, guard: typeof refusalOf, credential: MariaDb['admin'], parameters?: string[]) => {
    const target = targetOf({ config: { port: server.port, database: 'shop' }, credential, parting_ms: 800 })
    const request = requestOf(sql.replaceAll('$files', files), {
      limits: { timeout_ms: 3_000 },
      ...(parameters && { parameters }),
    })
    return collectResult(queryBehind(guard, target, request)).catch((error: unknown) => String(error))
  }
  /** The attacks that changed something. */
  const succeeded = async (guard: typeof refusalOf, credential: MariaDb['admin'], list = attacks) => {
    const before = await world()
    const found: string[] = []
    for (const attack of list) {
      await attempt(attack, guard, credential)
      if ((await world()) !== before) found.push(attack)
    }
    return found
  }

  it('the look at what there is notices a write', async () => {
    const before = await world()
    await server.run('INSERT INTO shop.t VALUES (77)')
    expect(await world()).not.toBe(before)
    await server.run('DELETE FROM shop.t WHERE a = 77')
    expect(await world()).toBe(before)
  })
  it(`${attacks.length} attacks write nothing, with all rights there are`, async () => {
    expect(await succeeded(refusalOf, server.admin)).toEqual([])
  }, 120_000)
  it('and nothing where the server alone holds them back, with a login that may write', async () => {
    const before = await world()
    expect(await succeeded(() => undefined, shopWriter)).toEqual([])
    expect(await world()).toBe(before)
  }, 120_000)
  it('nor as prepared statements, with parameters', async () => {
    for (const guard of [refusalOf, () => undefined]) {
      const before = await world()
      for (const sql of [
        'INSERT INTO t VALUES (?)',
        'DELETE FROM t WHERE a = ?',
        'CREATE TABLE made AS SELECT ?',
        'CALL lifts_inside() /* ? */',
        'SELECT lifts() + ?',
      ])
        await attempt(sql, guard, shopWriter, ['1'])
      expect(await world()).toBe(before)
    }
  })
  it('the second layer names the reason before anything reaches the server, and lets questions through', async () => {
    const reading = { ansiQuotes: false, backslashEscapes: true }
    const judge = (sql: string) => refusalOf({ sql, mode: 'read', reading })
    // What only a function does is the server's to refuse; a name does not tell.
    const byServer = attacks.filter((sql) => judge(sql) === undefined)
    expect(
      byServer.every((sql) => /inserts|lifts|writing_view|ANALYSE/.test(sql) || sql.startsWith('EXPLAIN INSERT')),
    ).toBe(true)
    for (const sql of questionsThatPass) expect([sql, judge(sql)]).toEqual([sql, undefined])
    const asOracle = (sql: string) =>
      refusalOf({ sql, mode: 'read', reading: { ...reading, ansiQuotes: true, oracle: true } })
    expect(asOracle('SELECT s.nextval FROM dual')).toMatch(/sequence/)
    expect(asOracle('SELECT s."NEXTVAL"')).toMatch(/sequence/)
  })
  it('what crashes the server is not sent, in any mode', () => {
    const reading = { ansiQuotes: false, backslashEscapes: true }
    for (const mode of ['read', 'write'] as const)
      for (const sql of [
        'SHOW TABLES WHERE (WITH w AS (SELECT 1) SELECT * FROM w)',
        '/* x */ show status where exists (with recursive w as (select 1) select * from w)',
      ])
        expect(refusalOf({ sql, mode, reading })).toMatch(/crash/)
    expect(refusalOf({ sql: "SHOW TABLES LIKE 'with%'", mode: 'read', reading })).toBeUndefined()
  })
  it('files of the server are neither read nor written, in any mode, whatever the login may', async () => {
    for (const sql of [
      "SELECT load_file('/etc/hostname')",
      "SELECT `LOAD_FILE`('/etc/hostname')",
      "SELECT 1 INTO OUTFILE '$files/out'",
      "LOAD DATA INFILE '/etc/hostname' INTO TABLE t",
      "LOAD DATA/**/LOCAL/**/INFILE '/etc/hostname' INTO TABLE t",
      "load xml infile '/etc/hostname' into table t",
    ])
      for (const mode of ['read', 'write'] as const) {
        const reading = { ansiQuotes: false, backslashEscapes: true }
        expect(refusalOf({ sql, mode, reading })).toMatch(/files of the server/)
      }
    expect(existsSync(path.join(files, 'out'))).toBe(false)
  })
})

const questionsThatPass = [
  'SELECT 1',
  'SELECT 1;',
  '  (SELECT 1) UNION (SELECT 2) ORDER BY 1 ;; ',
  '-- a comment\nSELECT 1 -- at its end',
  "SELECT 'a;b', ';', 'it''s', 'a\\'; DROP TABLE t', \"INTO\" FROM t",
  'SELECT `into`, `for update` FROM `update`',
  'WITH RECURSIVE n AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM n WHERE a < 5) SELECT * FROM n',
  'VALUES (1, 2), (3, 4)',
  'TABLE t',
  'SHOW TABLES',
  'SHOW CREATE TABLE t',
  'DESCRIBE t',
  'EXPLAIN SELECT * FROM t',
  'EXPLAIN ANALYZE SELECT * FROM t',
  'SELECT /*+ MAX_EXECUTION */ replace(a, 1, 2), insert("a", 1, 1, "b") FROM t',
  "WITH x AS (SELECT 1 AS a) SELECT replace(a, '1', '2'), insert(a, 1, 1, 'b') FROM x",
  'SELECT 1.5, .5e1, 1e5, t.a, nextval FROM t WHERE a = 1.',
  'SELECT update_time FROM t WHERE `delete` = 1',
]
