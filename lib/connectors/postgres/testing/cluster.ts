import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import { freePort, idsOf } from '../../_test/testing/process.ts'

/** Debian's PostgreSQL, where there is one: an older server than the embedded one, and a second build. */
export const debianBin = (): string | undefined => {
  const base = '/usr/lib/postgresql'
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  return versions.map((version) => path.join(base, version, 'bin')).find((bin) => existsSync(path.join(bin, 'initdb')))
}

export interface Cluster {
  port: number
  folder: string
  superuser: { username: string; password: string }
  /** Writes a file the server may read. */
  write(name: string, text: string): string
  /** Replaces the TLS settings and pg_hba.conf and waits until they hold. */
  configure(settings: Record<string, string>, hba: string[]): void
  /** Runs SQL as the superuser. */
  query(statement: string): Promise<void>
  stop(): void
}

/** A private server on the loopback address, as an ordinary user, thrown away at the end. */
export const startCluster = async (bin: string): Promise<Cluster> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-cluster-'))
  chmodSync(folder, 0o755)
  const data = path.join(folder, 'data')
  mkdirSync(data, { mode: 0o700 })
  const owner = process.getuid?.() === 0 ? idsOf('postgres') : undefined
  if (owner) chownSync(data, owner.uid, owner.gid)
  const run = (command: string, ...args: string[]) => {
    const done = spawnSync(path.join(bin, command), args, {
      ...owner,
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: bin, LC_ALL: 'C', NODE_ENV: 'test' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (done.status !== 0) throw new Error(`${command} failed: ${done.stdout}${done.stderr}`)
  }
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name)
    writeFileSync(file, text, { mode: 0o600 })
    if (owner) chownSync(file, owner.uid, owner.gid)
    return file
  }
  const superuser = { username: 'admin', password: 'admin-Pa55' }
  const port = await freePort()
  run(
    'initdb',
    '-D',
    data,
    '-U',
    superuser.username,
    `--pwfile=${write('password', superuser.password)}`,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  )
  const configure: Cluster['configure'] = (settings, hba) => {
    const lines = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      port: String(port),
      fsync: 'off',
      jit: 'on',
      ...settings,
    }
    write(
      'data/postgresql.conf',
      Object.entries(lines)
        .map(([name, value]) => `${name} = '${value}'\n`)
        .join(''),
    )
    write('data/pg_hba.conf', `${hba.join('\n')}\n`)
  }
  configure({}, ['host all all 127.0.0.1/32 scram-sha-256'])
  const ctl = (...args: string[]) => run('pg_ctl', '-D', data, '-w', ...args)
  ctl('-l', write('log', ''), 'start')
  return {
    port,
    folder,
    superuser,
    write,
    configure(settings, hba) {
      configure(settings, hba)
      ctl('-m', 'immediate', '-l', path.join(folder, 'log'), 'restart')
    },
    async query(statement) {
      const { username: user, password } = superuser
      const client = new Client({ host: '127.0.0.1', port, database: 'postgres', user, password })
      await client.connect()
      await client.query(statement).finally(() => client.end())
    },
    stop() {
      ctl('-m', 'immediate', 'stop')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
