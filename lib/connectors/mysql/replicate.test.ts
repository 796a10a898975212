import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { collectLines } from '../_test/testing/run.ts'
import { replicateLine, replicateRequest } from '../contract.ts'
import { driver } from './driver.ts'
import { hasMariaDb, type MariaDb, startMariaDb } from './testing/mariadb.ts'
import { targetOf } from './testing/run.ts'

describe.skipIf(!hasMariaDb)('the binary log as a source of changes', () => {
  let server: MariaDb
  const login = { username: 'cdc', password: 'cdc-Pa55' }
  const tables = ['orders', 'no_key', 'seen', 'nothing'].map((name) => ({ schema: 'shop', name }))
  const plan = { publication: 'x', slot: 'x', tables }
  const ask = (request: z.input<typeof replicateRequest>) =>
    collectLines(
      driver.replicate(
        targetOf({ config: { port: server.port, database: 'shop' }, credential: login }),
        replicateRequest.parse(request),
      ),
      replicateLine,
    )
  const checks = async () =>
    Object.fromEntries(
      (await ask({ what: 'check', plan })).flatMap((line) => (line.type === 'check' ? [[line.id, line.status]] : [])),
    )

  beforeAll(async () => {
    server = await startMariaDb()
    await server.run(
      'CREATE DATABASE shop',
      'CREATE TABLE shop.orders (id int PRIMARY KEY)',
      'CREATE TABLE shop.no_key (a int)',
      'CREATE VIEW shop.seen AS SELECT * FROM shop.orders',
      "CREATE USER 'cdc'@'127.0.0.1' IDENTIFIED BY 'cdc-Pa55'",
      "GRANT SELECT ON shop.* TO 'cdc'@'127.0.0.1'",
    )
  })
  afterAll(() => server.stop())

  it('says what is missing where nothing was prepared, with the line that mends it', async () => {
    expect(await checks()).toMatchObject({ log_bin: 'failed', binlog_format: 'failed', replication_right: 'failed' })
    const lines = await ask({ what: 'check', plan })
    expect(lines.find((line) => line.type === 'check' && line.id === 'replication_right')).toMatchObject({
      fix: { text: "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'cdc'@'127.0.0.1';" },
    })
    expect(lines.flatMap((line) => (line.type === 'table' ? [line.status] : []))).toEqual([
      'passed',
      'warning',
      'failed',
      'failed',
    ])
  })

  it('has nothing left to complain about once it is mended', async () => {
    await server.restart([
      '--log-bin=binlog',
      '--binlog-format=ROW',
      '--server-id=1',
      '--binlog-row-metadata=FULL',
      '--expire-logs-days=3',
    ])
    await server.run("GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO 'cdc'@'127.0.0.1'")
    expect(new Set(Object.values(await checks()))).toEqual(new Set(['passed']))
  })

  it('says that there is nothing to set up', async () => {
    await expect(ask({ what: 'status', slots: ['x'] })).rejects.toThrow(/no slots/)
  })
})
