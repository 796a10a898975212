import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** When a process began, as text; undefined if there is none. A number that was given to another process since differs. */
export const processIdentity = (pid: number): string | undefined => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return undefined
  }
  if (process.platform === 'linux') return startOnLinux(pid)
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout.trim() || undefined
}

// The 22nd field, counted behind the name in brackets, which may itself hold blanks; a zombie has ended.
const startOnLinux = (pid: number): string | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}
