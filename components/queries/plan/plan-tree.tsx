'use client'
import { IconFlame } from '@tabler/icons-react'
import { useState } from 'react'
import { CopyText } from '#components/data-sources/copy-text'
import { Segments } from '#components/layout/segments'
import type { PlanLine, PlanNode } from '#lib/connectors/contract'
import { formatNumber } from '#lib/format/number'
import { formatDuration } from '#lib/format/time'
import { VisibleText } from '../grid/cell-view.tsx'
import classes from './plan.module.css'
import { type Plan, type PlanStep, planOf, stepsOf } from './plan-model.ts'

const textMax = 2_000

/** The plan of a statement: what is done to what, how much of the whole each step takes, and which one costs most. */
export const PlanTree = ({ plan: { plan, text } }: { plan: PlanLine }) => {
  const [view, setView] = useState<'tree' | 'text'>('tree')
  const drawn = planOf(plan)
  const costliest = stepsOf(drawn.root).find(({ isCostly }) => isCostly)
  return (
    <div className={classes.plan}>
      <div className={classes.head}>
        <Segments
          name="plan-view"
          label="How the plan is shown"
          options={[
            { value: 'tree', label: 'Tree' },
            { value: 'text', label: 'Text' },
          ]}
          value={view}
          onChange={setView}
        />
        <p className={classes.legend}>
          {legends[drawn.measure]}
          {costliest && (
            <>
              {' '}
              Most goes into <VisibleText text={costliest.node.operation} length={60} />,{' '}
              {percentOf(costliest.share ?? 0)}.
            </>
          )}
        </p>
        <CopyText label="Copy plan" text={text} />
      </div>
      {view === 'text' ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className={classes.text} tabIndex={0}>
          {text}
        </pre>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
        <section className={classes.scroller} aria-label="Plan" tabIndex={0}>
          <ul className={classes.steps}>
            <Step step={drawn.root} measure={drawn.measure} />
          </ul>
        </section>
      )}
    </div>
  )
}

const legends: Record<Plan['measure'], string> = {
  time: 'Bars show the time each step took itself.',
  cost: 'Bars show the cost the planner expects of each step itself.',
  none: 'This planner says no costs.',
}

const Step = ({ step, measure }: { step: PlanStep; measure: Plan['measure'] }) => {
  const { node, share, isCostly, children } = step
  const details = Object.entries(node.details)
  return (
    <li>
      <div className={classes.step} data-costly={isCostly || undefined}>
        <div className={classes.what}>
          <span className={classes.operation}>
            <VisibleText text={node.operation} length={textMax} />
          </span>
          {node.object !== null && (
            <code className={classes.object}>
              <VisibleText text={node.object} length={textMax} />
            </code>
          )}
          {isCostly && (
            <span className={classes.costly}>
              <IconFlame size={13} aria-hidden /> Costliest step
            </span>
          )}
        </div>
        <Figures step={step} />
        {measure !== 'none' && share !== null && <Share share={share} />}
        {details.length > 0 && (
          <details className={classes.details}>
            <summary>Details</summary>
            <dl>
              {details.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <VisibleText text={value} length={textMax} />
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      {children.length > 0 && (
        <ul className={classes.steps}>
          {children.map((child) => (
            <Step key={child.id} step={child} measure={measure} />
          ))}
        </ul>
      )}
    </li>
  )
}

const percentOf = (share: number): string => `${share < 0.005 ? '<1' : Math.round(share * 100)} %`

const Share = ({ share }: { share: number }) => (
  <div className={classes.share}>
    <span className={classes.track}>
      <span className={classes.bar} style={{ width: `${Math.max(share * 100, 1)}%` }} />
    </span>
    <span className={classes.percent}>{percentOf(share)}</span>
  </div>
)

const Figures = ({ step: { node, misjudged } }: { step: PlanStep }) => (
  <p className={classes.figures}>
    {figuresOf(node).map((figure) => (
      <span key={figure}>{figure}</span>
    ))}
    {misjudged !== null && (
      <span className={classes.misjudged}>
        {formatNumber(Math.round(Math.abs(misjudged)))}× {misjudged > 0 ? 'more' : 'fewer'} rows than estimated
      </span>
    )}
  </p>
)

const figuresOf = ({ rows_estimated, rows_actual, loops, duration_ms, cost }: PlanNode): string[] => {
  const count = (rows: number) => formatNumber(Math.round(rows))
  const rows =
    rows_actual !== null
      ? `${count(rows_actual)} rows${rows_estimated === null ? '' : ` (${count(rows_estimated)} estimated)`}`
      : rows_estimated !== null
        ? `≈ ${count(rows_estimated)} rows`
        : undefined
  const figures = [
    rows,
    loops !== null && loops > 1 ? `${formatNumber(loops)} loops` : undefined,
    duration_ms === null ? undefined : formatDuration(duration_ms),
    cost === null ? undefined : `cost ${formatNumber(Math.round(cost))}`,
  ]
  return figures.filter((figure) => figure !== undefined)
}
