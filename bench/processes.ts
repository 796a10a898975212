import { readFileSync } from 'node:fs'
import { childrenOf } from './harness.ts'

export type Part = 'web' | 'engine' | 'runner'

const marks: Record<Part, string> = {
  web: 'lib/web/main.ts',
  engine: 'lib/engine/main.ts',
  runner: 'lib/runner/main.ts',
}
const parts: Part[] = ['web', 'engine', 'runner']

/** What each part of the product weighs now (PSS, in MiB); of several runners the heaviest. */
export const weigh = (supervisor: number): Record<Part, number> => {
  const found: Record<Part, number> = { web: 0, engine: 0, runner: 0 }
  for (const pid of descendantsOf(supervisor)) {
    const part = partOf(pid)
    if (part) found[part] = Math.max(found[part], pssOf(pid))
  }
  return found
}

/** Looks every 200 ms until it is stopped; answers the most that each part weighed. */
export const watchWeight = (supervisor: number): (() => Record<Part, number>) => {
  const most = weigh(supervisor)
  const look = () => {
    const now = weigh(supervisor)
    for (const part of parts) most[part] = Math.max(most[part], now[part])
  }
  const timer = setInterval(look, 200)
  return () => {
    clearInterval(timer)
    return most
  }
}

const descendantsOf = (pid: number): number[] => {
  try {
    return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)])
  } catch {
    return []
  }
}

const partOf = (pid: number): Part | undefined => {
  const command = read(`/proc/${pid}/cmdline`)
  return parts.find((part) => command.split('\0').some((word) => word.endsWith(marks[part])))
}

const pssOf = (pid: number): number => Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024

/** Empty where the process ended meanwhile. */
const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
