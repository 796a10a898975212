import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../_test/testing/process.ts'

/** Ceph's gateway, where it is installed. */
export const hasRadosgw = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin'].every((name) =>
  existsSync(`/usr/bin/${name}`),
)

export interface Radosgw {
  port: number
  /** The same store without STS: only then it says what is wrong with a key. */
  plainPort: number
  /** A user that may do everything, and one that may do nothing. */
  app: { accessKeyId: string; secretAccessKey: string }
  guest: { accessKeyId: string; secretAccessKey: string }
  /** A role that the first user may assume with this external id. */
  role: string
  stop(): void
}

const app = { accessKeyId: 'AKIATESTAPP000000001', secretAccessKey: 'app-secret-canary-0123456789abcdefghij' }
const guest = { accessKeyId: 'AKIATESTGUEST0000001', secretAccessKey: 'guest-secret-canary-0123456789abcdefgh' }

/** A real store with real STS: one monitor, one disk in memory and the gateway, all on the loopback address. */
export const startRadosgw = async (): Promise<Radosgw> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-ceph-'))
  const [mon, monOld, port, plainPort] = [await freePort(), await freePort(), await freePort(), await freePort()]
  const fsid = randomUUID()
  writeFileSync(path.join(folder, 'ceph.conf'), configOf({ folder, fsid, mon, monOld, port }))
  const env = { ...process.env, CEPH_CONF: path.join(folder, 'ceph.conf') }
  const run = (program: string, ...args: string[]): string => {
    const done = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 })
    if (done.status !== 0) throw new Error(`${program} ${args.slice(0, 4).join(' ')} failed: ${done.stderr}`)
    return done.stdout
  }
  const children: ChildProcess[] = []
  const start = (program: string, ...args: string[]) =>
    void children.push(spawn(program, args, { cwd: folder, env, stdio: 'ignore' }))
  const stop = () => {
    for (const child of children.toReversed()) child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    for (const name of ['osd.0', 'rgw', 'mon.a']) mkdirSync(path.join(folder, name))
    run(
      'monmaptool',
      '--create',
      '--addv',
      'a',
      `[v2:127.0.0.1:${mon},v1:127.0.0.1:${monOld}]`,
      '--fsid',
      fsid,
      'monmap',
    )
    run('ceph-authtool', '--create-keyring', 'keyring', '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *']
    run('ceph-authtool', 'keyring', '--gen-key', '-n', 'client.admin', ...all)
    run('ceph-mon', '-i', 'a', '--mkfs', '--monmap', 'monmap', '--keyring', 'keyring')
    start('ceph-mon', '-i', 'a', '-f')
    await eventually(() => run('ceph', '--connect-timeout', '5', 'mon', 'stat'))
    const disk = randomUUID()
    run('ceph', 'osd', 'new', disk)
    const osd = ['mon', 'allow profile osd', 'osd', 'allow *', 'mgr', 'allow profile osd']
    writeFileSync(path.join(folder, 'osd.0/keyring'), run('ceph', 'auth', 'get-or-create', 'osd.0', ...osd))
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', disk, '--keyring', 'osd.0/keyring')
    start('ceph-osd', '-i', '0', '-f', '--keyring', 'osd.0/keyring')
    const gateway = run('ceph', 'auth', 'get-or-create', 'client.rgw.a', 'mon', 'allow rw', 'osd', 'allow rwx')
    writeFileSync(path.join(folder, 'rgw/keyring'), gateway)
    start('radosgw', '-n', 'client.rgw.a', '--keyring', 'rgw/keyring', '-f')
    await eventually(async () => fetch(`http://127.0.0.1:${port}/`))
    const plain = ['--rgw_s3_auth_use_sts=false', `--rgw_frontends=beast endpoint=127.0.0.1:${plainPort}`]
    start('radosgw', '-n', 'client.rgw.a', '--keyring', 'rgw/keyring', ...plain, '--admin_socket=', '--pid_file=', '-f')
    await eventually(async () => fetch(`http://127.0.0.1:${plainPort}/`))
    return { port, plainPort, app, guest, role: makeUsers(run), stop }
  } catch (error) {
    stop()
    throw error
  }
}

const makeUsers = (run: (program: string, ...args: string[]) => string): string => {
  const admin = (...args: string[]) => run('radosgw-admin', '-n', 'client.admin', ...args)
  for (const [uid, keys] of Object.entries({ app, guest })) {
    const pair = [`--access-key=${keys.accessKeyId}`, `--secret=${keys.secretAccessKey}`]
    admin('user', 'create', `--uid=${uid}`, `--display-name=${uid}`, ...pair)
  }
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam:::user/app'] }, Action: ['sts:AssumeRole'] }],
  }
  admin('role', 'create', '--role-name=Ingest', `--assume-role-policy-doc=${JSON.stringify(trust)}`)
  const may = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: 'arn:aws:s3:::*' }] }
  admin('role-policy', 'put', '--role-name=Ingest', '--policy-name=all', `--policy-doc=${JSON.stringify(may)}`)
  return 'arn:aws:iam:::role/Ingest'
}

/** Asks until it answers; Ceph takes its time. */
const eventually = async (attempt: () => unknown): Promise<void> => {
  for (let count = 0; ; count += 1) {
    try {
      await attempt()
      return
    } catch (error) {
      if (count === 300) throw error
      await sleep(200)
    }
  }
}

const configOf = ({
  folder,
  fsid,
  mon,
  monOld,
  port,
}: {
  folder: string
  fsid: string
  mon: number
  monOld: number
  port: number
}) => `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${mon},v1:127.0.0.1:${monOld}]
mon initial members = a
public network = 127.0.0.0/8
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv6 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
mon allow pool size one = true
mon warn on pool no redundancy = false
osd crush chooseleaf type = 0
run dir = ${folder}
keyring = ${folder}/keyring
log file = ${folder}/$name.log
admin socket = ${folder}/$name.asok
pid file = ${folder}/$name.pid
osd objectstore = memstore
memstore device bytes = 1073741824
osd data = ${folder}/osd.0
mon data = ${folder}/mon.a
mon data avail crit = 1
mon data avail warn = 2
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${port}
rgw sts key = abcdefghijklmnop
rgw s3 auth use sts = true
rgw enable usage log = false
`
