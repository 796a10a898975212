import { expect, test } from 'vitest'
import type { PlanNode } from '#lib/connectors/contract'
import { planOf, stepsOf } from './plan-model.ts'

const node = (operation: string, part: Partial<PlanNode> = {}): PlanNode => ({
  operation,
  object: null,
  cost: null,
  rows_estimated: null,
  rows_actual: null,
  duration_ms: null,
  loops: null,
  details: {},
  children: [],
  ...part,
})

test('a step’s share is what it takes itself, and the costliest one is marked', () => {
  const scan = node('Seq Scan', { cost: 80, object: 'orders' })
  const plan = planOf(node('Sort', { cost: 100, children: [node('Hash', { cost: 85, children: [scan] })] }))
  const steps = stepsOf(plan.root)
  expect(plan.measure).toBe('cost')
  expect(steps.map(({ share }) => Number(share?.toFixed(2)))).toEqual([0.15, 0.05, 0.8])
  expect(steps.filter(({ isCostly }) => isCostly).map(({ node }) => node.operation)).toEqual(['Seq Scan'])
})

test('measured time counts before the estimate, and steps side by side never have a share below nothing', () => {
  const both = [node('A', { cost: 1, duration_ms: 8 }), node('B', { cost: 90, duration_ms: 7 })]
  const plan = planOf(node('Gather', { cost: 100, duration_ms: 10, children: both }))
  expect([plan.measure, plan.root.share, plan.root.children[0]?.isCostly]).toEqual(['time', 0, true])
})

test('an estimate that is far off is said, in which direction too', () => {
  const off = (rows_estimated: number, rows_actual: number) =>
    planOf(node('Scan', { rows_estimated, rows_actual })).root.misjudged
  expect([off(1, 5_000), off(5_000, 0), off(100, 300), off(0, 0)]).toEqual([5_000, -5_000, null, null])
})

test('fewer rows below a limit are no wrong estimate; more of them are', () => {
  const below = (rows_actual: number) => {
    const scan = node('Seq Scan', { rows_estimated: 5_000, rows_actual })
    const plan = planOf(
      node('Limit', { rows_estimated: 5, rows_actual: 5, children: [node('Sort', { children: [scan] })] }),
    )
    return stepsOf(plan.root).at(-1)?.misjudged
  }
  expect([below(5), below(500_000)]).toEqual([null, 100])
})

test('a plan without costs is drawn without shares', () => {
  const plan = planOf(node('SCAN orders', { children: [node('SEARCH customers')] }))
  expect([plan.measure, stepsOf(plan.root).map(({ share, isCostly }) => [share, isCostly])]).toEqual([
    'none',
    [
      [null, false],
      [null, false],
    ],
  ])
})
