import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { processIdentity } from './process-identity.ts'

export interface HomeLock {
  /** Writes down a child, so that the next start knows what a killed supervisor left behind. */
  setChild(name: string, pid: number): void
  /** The same for the folder of its sockets. */
  setSockets(folder: string): void
  release(): void
}

/** How the folders of sockets in the system's temporary folder begin. */
export const socketsPrefix = 'jackfield-run-'

const entryShape = z.object({ pid: z.number(), began: z.string() })
const recordShape = z.object({ owner: entryShape, children: z.record(z.string(), entryShape), sockets: z.string() })
type LockRecord = z.output<typeof recordShape>

/** Makes this process the only supervisor of a home, after its killed predecessor's children are gone. */
export const lockHome = async (home: string): Promise<HomeLock> => {
  const file = path.join(home, 'running.json')
  const record: LockRecord = { owner: entryOf(process.pid), children: {}, sockets: '' }
  while (!createWhole(file, JSON.stringify(record))) {
    const found = readRecord(file)
    if (found && isRunning(found.owner)) {
      throw new Error(`Jackfield is already running in ${home} (process ${found.owner.pid}).`)
    }
    if (found) await endLeftovers(found)
    removeStale(file, found)
  }
  const write = () => {
    writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  return {
    setChild: (name, pid) => {
      record.children[name] = entryOf(pid)
      write()
    },
    setSockets: (folder) => {
      record.sockets = folder
      write()
    },
    release: () => unlinkSync(file),
  }
}

/** The process that holds a home, undefined if there is none. */
export const holderOf = (home: string): number | undefined => {
  const found = readRecord(path.join(home, 'running.json'))
  return found && isRunning(found.owner) ? found.owner.pid : undefined
}

const entryOf = (pid: number) => ({ pid, began: processIdentity(pid) ?? '' })

const isRunning = ({ pid, began }: z.output<typeof entryShape>): boolean => processIdentity(pid) === began

// A link either makes the whole file or fails because there is one.
const createWhole = (file: string, text: string): boolean => {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' })
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

const readRecord = (file: string): LockRecord | undefined => {
  try {
    return recordShape.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
}

// Children notice the lost supervisor by themselves; one that hangs is ended, because it holds the port or the keys.
const endLeftovers = async (record: LockRecord): Promise<void> => {
  const left = () => Object.values(record.children).filter(isRunning)
  for (let i = 0; i < 60 && left().length > 0; i++) await sleep(50)
  for (const { pid } of left()) process.kill(pid, 'SIGKILL')
  for (let i = 0; i < 40 && left().length > 0; i++) await sleep(50)
  if (path.basename(record.sockets).startsWith(socketsPrefix)) rmSync(record.sockets, { recursive: true, force: true })
}

// Two starts may find the same stale lock: only the one that takes away the very same record goes on.
const removeStale = (file: string, found: LockRecord | undefined): void => {
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  try {
    renameSync(file, aside)
    const taken = readRecord(aside)
    if (taken && isRunning(taken.owner) && taken.owner.pid !== found?.owner.pid) linkSync(aside, file)
    unlinkSync(aside)
  } catch {
    // Somebody else was faster; the next round sees what is there now.
  }
}
