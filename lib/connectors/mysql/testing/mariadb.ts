import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { freePort, idsOf } from '../../_test/testing/process.ts'

const binary = ['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/local/sbin/mariadbd'].find(existsSync)

/** Whether this machine has a MariaDB to test against. */
export const hasMariaDb = binary !== undefined

export interface MariaDb {
  port: number
  folder: string
  admin: { username: string; password: string }
  /** Writes a file the server may read. */
  write(name: string, text: string): string
  /** Starts it anew with these options and waits until it answers. */
  restart(options: string[]): Promise<void>
  /** Runs SQL as the administrator, statement by statement. */
  run(...statements: string[]): Promise<void>
  rows(statement: string): Promise<Record<string, unknown>[]>
  /** Logs in and stays. */
  hold(login: { username: string; password?: string }): Promise<Connection>
  stop(): Promise<void>
}

/** A private server on the loopback address, as an ordinary user, thrown away at the end. */
export const startMariaDb = async (options: string[] = []): Promise<MariaDb> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-mariadb-'))
  chmodSync(folder, 0o755)
  const owner = process.getuid?.() === 0 ? idsOf('mysql') : undefined
  const give = (file: string) => owner && chownSync(file, owner.uid, owner.gid)
  const data = path.join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  give(data)
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    give(file)
    return file
  }
  install(data, owner)
  const port = await freePort()
  const admin = { username: 'admin', password: 'admin-Pa55' }
  let child = await start(data, port, options, owner, write('init.sql', initSql(admin)))
  const connect = () =>
    createConnection({ host: '127.0.0.1', port, user: admin.username, password: admin.password, disableEval: true })
  const query = async (statements: string[]): Promise<Record<string, unknown>[]> => {
    const connection = await connect()
    try {
      let rows: unknown = []
      for (const statement of statements) [rows] = await connection.query(statement)
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : []
    } finally {
      await connection.end()
    }
  }
  return {
    port,
    folder,
    admin,
    write,
    async restart(next) {
      await end(child)
      child = await start(data, port, next, owner)
    },
    run: async (...statements) => void (await query(statements)),
    rows: (statement) => query([statement]),
    hold: ({ username: user, password }) =>
      createConnection({
        host: '127.0.0.1',
        port,
        user,
        ...(password !== undefined && { password }),
        disableEval: true,
      }),
    async stop() {
      await end(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const initSql = ({ username, password }: MariaDb['admin']) =>
  `CREATE USER '${username}'@'%' IDENTIFIED BY '${password}';\nGRANT ALL ON *.* TO '${username}'@'%' WITH GRANT OPTION;\n`

const install = (data: string, owner: { uid: number; gid: number } | undefined): void => {
  const done = spawnSync(
    'mariadb-install-db',
    [
      '--no-defaults',
      `--datadir=${data}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
      '--skip-name-resolve',
      // The default of 96 MB is written out in full.
      '--innodb-log-file-size=8M',
    ],
    { ...owner, cwd: data, encoding: 'utf8' },
  )
  if (done.status !== 0) throw new Error(`mariadb-install-db failed: ${done.stdout}${done.stderr}`)
}

const start = async (
  data: string,
  port: number,
  options: string[],
  owner: { uid: number; gid: number } | undefined,
  init?: string,
): Promise<ChildProcess> => {
  const child = spawn(
    binary ?? 'mariadbd',
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--port=${port}`,
      `--socket=${path.join(data, 'sock')}`,
      '--bind-address=127.0.0.1',
      '--innodb-log-file-size=8M',
      '--innodb-flush-log-at-trx-commit=0',
      '--skip-sync-frm',
      '--skip-name-resolve',
      ...(init === undefined ? [] : [`--init-file=${init}`]),
      ...options,
    ],
    { ...owner, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  child.stderr.on('data', (chunk) => (log = (log + chunk).slice(-8000)))
  for (const until = Date.now() + 60_000; Date.now() < until && child.exitCode === null; await sleep(50))
    if (/ready for connections/.test(log)) return child
  child.kill('SIGKILL')
  throw new Error(`mariadbd did not start: ${log}`)
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    // One that crashed has no code but a signal.
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
