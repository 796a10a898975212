import * as z from 'zod'
import type { PlanNode } from '../contract.ts'

const step = z.record(z.string(), z.json())
type Step = z.output<typeof step>

/** The plan as the server wrote it — MariaDB's and MySQL's differ in words, not in form — in terms that all planners share. */
export const readPlan = (text: string): PlanNode => {
  const { query_block, ...whole } = step.parse(JSON.parse(text))
  const block = step.safeParse(query_block)
  const node = nodeOf('query_block', block.success ? block.data : whole)
  return block.success ? { ...node, details: { ...node.details, ...detailsOf(whole) } } : node
}

/** Told in fields of their own. */
const shown = new Set([
  'table_name',
  'access_type',
  'rows',
  'r_rows',
  'r_loops',
  'r_total_time_ms',
  'cost_info',
  'cost',
])

const nodeOf = (name: string, found: Step): PlanNode => {
  const number = (...keys: string[]) => keys.map((key) => numberOf(found[key])).find((value) => value !== null) ?? null
  const costs = step.safeParse(found.cost_info)
  const loops = number('r_loops')
  const rows = number('r_rows', 'r_output_rows')
  const access = typeof found.access_type === 'string' ? ` ${found.access_type}` : ''
  return {
    operation: name.replace(/_/g, ' ') + access,
    object: typeof found.table_name === 'string' ? found.table_name : null,
    cost: costs.success ? (numberOf(costs.data.query_cost) ?? numberOf(costs.data.prefix_cost)) : number('cost'),
    rows_estimated: number('rows_produced_per_join', 'rows', 'rows_examined_per_scan'),
    // The server gives the average of its loops.
    rows_actual: rows === null ? null : Math.round(rows * (loops ?? 1)),
    duration_ms: number('r_total_time_ms', 'r_table_time_ms'),
    loops,
    details: { ...detailsOf(found), ...(costs.success && detailsOf(costs.data)) },
    children: childrenOf(found),
  }
}

const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

const isPlain = (value: z.core.util.JSONType): boolean => value === null || typeof value !== 'object'

const detailsOf = (found: Step): Record<string, string> =>
  Object.fromEntries(
    Object.entries(found)
      .filter(([key, value]) => !shown.has(key) && (isPlain(value) || (Array.isArray(value) && value.every(isPlain))))
      .map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : String(value)]),
  )

/** Steps that stand below: objects, and those in lists, which only hold them together. */
const childrenOf = (found: Step): PlanNode[] =>
  Object.entries(found).flatMap(([key, value]) => {
    if (shown.has(key) || value === null || typeof value !== 'object') return []
    if (!Array.isArray(value)) return [nodeOf(key, step.parse(value))]
    const steps = value.filter((item) => !isPlain(item)).map((item) => step.parse(item))
    if (steps.length === 0) return []
    const inner = steps.flatMap(childrenOf)
    return key === 'nested_loop' && inner.length > 1 ? [{ ...nodeOf(key, {}), children: inner }] : inner
  })

/** What a server before cost in its plans counts for a row that is looked at. */
const rowCost = 0.2

/**
 * What the whole costs: of each of its questions that says so, or else as many rows as they look at together. Neither
 * server sums up unions, subqueries and tables that are derived.
 */
export const costOf = (plan: PlanNode, last: number): number =>
  Math.max(last, blockCosts(plan) ?? rowsLookedAt(plan) * rowCost)

const blockCosts = ({ operation, cost, children }: PlanNode): number | null =>
  [operation === 'query block' ? cost : null, ...children.map(blockCosts)].reduce(
    (sum, one) => (one === null ? sum : (sum ?? 0) + one),
    null,
  )

const rowsLookedAt = (node: PlanNode): number => {
  const below = (of: PlanNode): number => of.children.reduce((sum, child) => sum + rowsLookedAt(child), 0)
  if (node.operation !== 'nested loop') return (node.rows_estimated ?? 0) + below(node)
  let fan = 1
  let sum = 0
  for (const step of node.children) {
    const table = step.rows_estimated === null ? (step.children.find(hasRows) ?? step) : step
    sum += fan * (table.rows_estimated ?? 1) + below(table)
    fan *= ((table.rows_estimated ?? 1) * Number(table.details.filtered ?? 100)) / 100
  }
  return sum
}

const hasRows = ({ rows_estimated }: PlanNode): boolean => rows_estimated !== null

const line =
  /^( *)-> (.*?)(?: {2}\(cost=([\d.e+]+)(?:\.\.[\d.e+]+)? rows=([\d.e+]+)\))?(?: \(actual time=[\d.e+]+\.\.([\d.e+]+) rows=([\d.e+]+) loops=(\d+)\))?(?: \(never executed\))?$/

/** MySQL's `EXPLAIN ANALYZE`: a step to a line, four more spaces for what is below. */
export const readAnalyzed = (text: string): PlanNode => {
  const roots: PlanNode[] = []
  const path: PlanNode[] = []
  for (const found of text.split('\n').map((one) => line.exec(one))) {
    if (!found) continue
    const [, spaces = '', operation = '', cost, estimated, time, rows, loops] = found
    const times = loops === undefined ? 1 : Number(loops)
    const node: PlanNode = {
      operation,
      object: / on (\S+)/.exec(operation)?.[1] ?? null,
      cost: numberOf(cost),
      rows_estimated: numberOf(estimated),
      rows_actual: rows === undefined ? null : Math.round(Number(rows) * times),
      duration_ms: time === undefined ? null : Math.round(Number(time) * times * 1000) / 1000,
      loops: numberOf(loops),
      details: {},
      children: [],
    }
    path.length = Math.min(path.length, spaces.length / 4)
    ;(path.at(-1)?.children ?? roots).push(node)
    path.push(node)
  }
  const [only] = roots
  if (only && roots.length === 1) return only
  return { ...nodeOf('plan', {}), children: roots }
}
