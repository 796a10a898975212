import { IconAlertTriangle, IconCheck, IconLoader2, IconMinus, IconX } from '@tabler/icons-react'
import { stages, type TestStage } from '#lib/connectors/contract'
import { formatDuration } from '#lib/format/time'
import classes from './test-board.module.css'

const statusLooks = {
  running: { icon: IconLoader2, words: 'running' },
  passed: { icon: IconCheck, words: 'passed' },
  warning: { icon: IconAlertTriangle, words: 'passed with a warning' },
  failed: { icon: IconX, words: 'failed' },
  skipped: { icon: IconMinus, words: 'not reached' },
} as const

/** One line of the board; its evidence opens under it. The stage whose failure is explained below does not say it twice. */
export const TestStageRow = ({ stage, isExplained }: { stage: TestStage; isExplained: boolean }) => {
  const { icon: Icon, words } = statusLooks[stage.status]
  const facts = Object.entries(stage.evidence ?? {}).filter(([, value]) => value !== null && value !== '')
  const line = (
    <>
      <span className={classes.icon} data-status={stage.status}>
        <Icon size={14} stroke={2.2} aria-label={words} role="img" />
      </span>
      <span className={classes.name}>{stages[stage.name].label}</span>
      <span className={classes.duration}>
        {stage.duration_ms !== undefined && stage.status !== 'skipped' && formatDuration(stage.duration_ms)}
      </span>
      {stage.sentence && !isExplained && <span className={classes.said}>{stage.sentence}</span>}
    </>
  )
  return (
    <li className={classes.stage} data-status={stage.status}>
      {facts.length === 0 ? (
        <div className={classes.line}>{line}</div>
      ) : (
        <details>
          <summary className={classes.line}>{line}</summary>
          <dl className={classes.facts}>
            {facts.map(([name, value]) => (
              <div key={name}>
                <dt>{name.replaceAll('_', ' ')}</dt>
                <dd>{factText(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
    </li>
  )
}

const factText = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(factText).join('\n')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, inner]) => `${name.replaceAll('_', ' ')} ${factText(inner)}`)
      .join(', ')
  }
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}
