import type { PlanLine, PlanNode } from '../contract.ts'

/** Number of the step, of the one it is below, one that means nothing, and what it does. */
type Step = [id: bigint, parent: bigint, unused: bigint, detail: string]

/** The steps of `EXPLAIN QUERY PLAN` as a tree. SQLite tells neither costs nor rows. */
export const planOf = (steps: readonly Step[]): PlanLine => {
  const below = Map.groupBy(steps, ([, parent]) => parent)
  const childrenOf = (id: bigint): PlanNode[] =>
    (below.get(id) ?? []).map(([own, , , detail]) => node(detail, childrenOf(own)))
  const depths = new Map<bigint, number>([[0n, 0]])
  const text = steps.map(([id, parent, , detail]) => {
    const depth = depths.get(parent) ?? 0
    depths.set(id, depth + 1)
    return `${'  '.repeat(depth)}${detail}`
  })
  const roots = childrenOf(0n)
  const [only] = roots
  return { plan: only && roots.length === 1 ? only : node('QUERY', roots), text: text.join('\n') }
}

const node = (detail: string, children: PlanNode[]): PlanNode => {
  const [, verb = detail, object, how = ''] = /^(SCAN|SEARCH) (\S+)(?: (.+))?$/s.exec(detail) ?? []
  return {
    operation: verb,
    object: object ?? null,
    cost: null,
    rows_estimated: null,
    rows_actual: null,
    duration_ms: null,
    loops: null,
    details: how === '' ? {} : { access: how },
    children,
  }
}
