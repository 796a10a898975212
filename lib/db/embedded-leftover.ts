import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Stops the server that a killed parent left running on this data folder, and waits until it has written everything. */
export const stopLeftover = async (data: string): Promise<void> => {
  const pid = postmasterPid(data)
  if (pid === undefined || !isServerOf(pid, data)) return
  for (const [signal, wait_ms] of [
    ['SIGINT', 15_000],
    ['SIGQUIT', 10_000],
  ] as const) {
    process.kill(pid, signal)
    if (await hasEnded(pid, data, wait_ms)) return
  }
  throw new Error(
    `An earlier PostgreSQL (process ${pid}) still uses ${data} and does not stop; end it and start again.`,
  )
}

/**
 * After a reboot the number in `postmaster.pid` may belong to any other process, and PostgreSQL would refuse to start.
 * Only the number is replaced: the rest of the file lets PostgreSQL see whether old backends still use its memory.
 */
export const clearStalePid = (data: string): void => {
  const pid = postmasterPid(data)
  if (pid === undefined || !isAlive(pid) || isServerOf(pid, data)) return
  const file = path.join(data, 'postmaster.pid')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(unusedPid)))
}

// Above the largest process id of any supported system (2^22 on Linux).
const unusedPid = 2 ** 30

const postmasterPid = (data: string): number | undefined => {
  const file = path.join(data, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
  return pid > 1 ? pid : undefined
}

// A server works inside its data folder: a number that was given to another process since is never signalled.
const isServerOf = (pid: number, data: string): boolean => {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data)
    } catch {
      return false
    }
  }
  return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(data)
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

// Asked of the folder, not of the number: a process that has ended may keep its number until somebody collects it.
const hasEnded = async (pid: number, data: string, wait_ms: number): Promise<boolean> => {
  for (const deadline = Date.now() + wait_ms; Date.now() < deadline; await sleep(20)) {
    if (!isServerOf(pid, data)) return true
  }
  return false
}
