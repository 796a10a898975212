import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import os from 'node:os'

/** One figure: what it is, what it is compared with, and both medians of the same run. */
export interface Figure {
  name: string
  unit: string
  ours: number[]
  /** The bare way to do the same, measured in turn with ours. */
  floor?: { name: string; values: number[] }
  /** The ratio (ours ÷ floor) or the value that must not be exceeded, and whether it is a ratio. */
  limit?: { kind: 'ratio' | 'value'; max: number }
}

export const quantile = (values: readonly number[], q: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * q
  const low = sorted[Math.floor(place)] ?? Number.NaN
  const high = sorted[Math.ceil(place)] ?? low
  return low + (high - low) * (place - Math.floor(place))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Wall time of one call, in milliseconds. */
export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - start) / 1e6
}

/** Runs both in turn, so that whatever else the machine does hits them alike; the first round is a warm-up. */
export const alternate = async (
  rounds: number,
  ours: () => Promise<unknown>,
  floor: () => Promise<unknown>,
): Promise<{ ours: number[]; floor: number[] }> => {
  const result = { ours: [] as number[], floor: [] as number[] }
  for (let round = 0; round <= rounds; round++) {
    const a = await timed(ours)
    const b = await timed(floor)
    if (round > 0) {
      result.ours.push(a)
      result.floor.push(b)
    }
  }
  return result
}

/** Proportional set size of a process and its descendants, in MiB (Linux). */
export const memoryMiB = (pid: number): number => {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const own = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0) / 1024
  return own + childrenOf(pid).reduce((sum, child) => sum + memoryMiB(child), 0)
}

export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter(Boolean).map(Number)

export const report = (figures: readonly Figure[]): boolean => {
  let held = true
  console.log(`\n${os.cpus().length} cores, Node ${process.versions.node}, ${commit()}\n`)
  for (const figure of figures) {
    const ours = median(figure.ours)
    const floor = figure.floor && median(figure.floor.values)
    const ratio = floor === undefined ? undefined : ours / floor
    const measured = figure.limit?.kind === 'ratio' ? ratio : ours
    const ok = figure.limit === undefined || (measured !== undefined && measured <= figure.limit.max)
    held &&= ok
    const parts = [
      `${figure.name}: ${round(ours)} ${figure.unit}`,
      floor !== undefined && figure.floor
        ? `${figure.floor.name}: ${round(floor)} ${figure.unit}, ratio ${round(ratio ?? Number.NaN)}`
        : '',
      figure.limit
        ? `limit ${figure.limit.max}${figure.limit.kind === 'ratio' ? '×' : ` ${figure.unit}`} ${ok ? 'held' : 'EXCEEDED'}`
        : '',
      `n=${figure.ours.length}`,
    ]
    console.log(parts.filter(Boolean).join(' · '))
  }
  return held
}

const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'no git'
  }
}
