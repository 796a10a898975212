import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const program = '/usr/sbin/sshd'

/** OpenSSH’s server, where it is installed. */
export const hasSshd = existsSync(program)

export interface Sshd {
  port: number
  /** The user that the key lets in: the one who runs the tests. */
  user: string
  privateKey: string
  /** The same key under a passphrase, and a key that is not let in. */
  lockedKey: string
  passphrase: string
  otherKey: string
  fingerprint: string
  /** Freezes every process of it, or lets them go on. */
  freeze(): void
  thaw(): void
  /** Ends the connections that are open, as a crash would. */
  dropConnections(): void
  /** What it wrote about itself. */
  log(): string
  stop(): void
}

/** A real sshd on the loopback address, as an ordinary child process, with keys of its own; `lines` go into its configuration. */
export const startSshd = async (lines: readonly string[] = [], hostKey?: string): Promise<Sshd> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-sshd-'))
  const keygen = (name: string, ...args: string[]): string => {
    const file = path.join(folder, name)
    const made = spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', file, ...args])
    if (made.status !== 0) throw new Error(`ssh-keygen failed: ${made.stderr}`)
    return readFileSync(file, 'utf8')
  }
  const [privateKey, otherKey] = [keygen('login'), keygen('other')]
  const passphrase = 'pass-phrase-canary'
  const lockedKey = lock(folder, passphrase)
  if (hostKey === undefined) keygen('host')
  else writeFileSync(path.join(folder, 'host'), hostKey, { mode: 0o600 })
  const port = await freePort()
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${folder}/host`,
    `AuthorizedKeysFile ${folder}/login.pub`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'MaxStartups 100',
    ...lines,
  ]
  writeFileSync(path.join(folder, 'config'), `${config.join('\n')}\n`)
  // Where it locks itself up before a login; it insists on it when run by root.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const child = spawn(program, ['-D', '-e', '-f', path.join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk
  })
  await answers(port, () => log)
  const family = () => [child, ...childrenOf(child)]
  return {
    port,
    user: userInfo().username,
    privateKey,
    otherKey,
    lockedKey,
    passphrase,
    fingerprint: fingerprintOf(path.join(folder, 'host')),
    freeze: () => signal(family(), 'SIGSTOP'),
    thaw: () => signal(family(), 'SIGCONT'),
    dropConnections: () => signal(childrenOf(child), 'SIGKILL'),
    log: () => log,
    stop() {
      signal(family(), 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const lock = (folder: string, passphrase: string): string => {
  const file = path.join(folder, 'locked')
  writeFileSync(file, readFileSync(path.join(folder, 'login')), { mode: 0o600 })
  chmodSync(file, 0o600)
  const locked = spawnSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', file])
  if (locked.status !== 0) throw new Error(`ssh-keygen failed: ${locked.stderr}`)
  return readFileSync(file, 'utf8')
}

const fingerprintOf = (file: string): string =>
  spawnSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).stdout.split(' ')[1] ?? ''

/** Every process below it: a session is a child, and with a login a grandchild. */
const childrenOf = (parent: { pid?: number | undefined }): { pid: number }[] => {
  const listed = spawnSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout.trim().split('\n')
  const pairs = listed.map((line) => line.trim().split(/\s+/).map(Number))
  const below = (pid: number): number[] =>
    pairs.flatMap(([child = 0, of]) => (of === pid ? [child, ...below(child)] : []))
  return below(parent.pid ?? -1).map((pid) => ({ pid }))
}

const signal = (processes: readonly (ChildProcess | { pid: number })[], name: NodeJS.Signals): void => {
  for (const { pid } of processes) {
    try {
      if (pid !== undefined) process.kill(pid, name)
    } catch {
      // It has ended by itself.
    }
  }
}

const answers = async (port: number, log: () => string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('data', () => socket.destroy() && resolve(true))
      socket.once('error', () => resolve(false))
    })
    if (isUp) return
    await sleep(50)
  }
  throw new Error(`sshd does not answer: ${log()}`)
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
