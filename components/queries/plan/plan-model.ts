import type { PlanNode } from '#lib/connectors/contract'

/** A step with what it takes itself, without the steps below it. */
export interface PlanStep {
  id: string
  node: PlanNode
  level: number
  /** Of the whole plan, from 0 to 1; null where the planner says nothing. */
  share: number | null
  isCostly: boolean
  /** How many times more, or fewer, rows came than the planner thought; null where it is close or unknown. */
  misjudged: number | null
  children: PlanStep[]
}

export interface Plan {
  root: PlanStep
  /** By what shares are measured. */
  measure: 'time' | 'cost' | 'none'
}

/** Below this a step is not worth pointing at. */
const costlyFrom = 0.1
/** From here on an estimate misleads the planner. */
const misjudgedFrom = 10

export const planOf = (root: PlanNode): Plan => {
  const measure = root.duration_ms !== null ? 'time' : root.cost !== null ? 'cost' : 'none'
  const total = measured(root, measure) ?? 0
  const tree = stepOf(root, { measure, total, id: '0', level: 1, isCutShort: false })
  const [worst] = stepsOf(tree).sort((a, b) => (b.share ?? 0) - (a.share ?? 0))
  if (worst && (worst.share ?? 0) >= costlyFrom) worst.isCostly = true
  return { root: tree, measure }
}

export const stepsOf = (step: PlanStep): PlanStep[] => [step, ...step.children.flatMap(stepsOf)]

interface Place {
  measure: Plan['measure']
  total: number
  id: string
  level: number
  /** A step above takes only so many rows, and then asks for no more. */
  isCutShort: boolean
}

const stepOf = (node: PlanNode, { measure, total, id, level, isCutShort }: Place): PlanStep => ({
  id,
  node,
  level,
  share: shareOf(node, measure, total),
  isCostly: false,
  misjudged: misjudgedBy(node, isCutShort),
  children: node.children.map((child, index) =>
    stepOf(child, {
      ...{ measure, total, id: `${id}.${index}`, level: level + 1 },
      isCutShort: isCutShort || /\blimit\b/i.test(node.operation),
    }),
  ),
})

const measured = (node: PlanNode, measure: Plan['measure']): number | null =>
  measure === 'time' ? node.duration_ms : measure === 'cost' ? node.cost : null

const shareOf = (node: PlanNode, measure: Plan['measure'], total: number): number | null => {
  const whole = measured(node, measure)
  if (whole === null || total <= 0) return null
  const below = node.children.reduce((sum, child) => sum + (measured(child, measure) ?? 0), 0)
  // Steps that run beside each other may take more than the one above them.
  return Math.min(1, Math.max(0, (whole - below) / total))
}

const misjudgedBy = ({ rows_estimated, rows_actual, loops }: PlanNode, isCutShort: boolean): number | null => {
  if (rows_estimated === null || rows_actual === null || loops === 0) return null
  if (isCutShort && rows_actual < rows_estimated) return null
  const [more, fewer] = [Math.max(rows_actual, 1), Math.max(rows_estimated, 1)]
  const factor = more > fewer ? more / fewer : -(fewer / more)
  return Math.abs(factor) >= misjudgedFrom ? factor : null
}
