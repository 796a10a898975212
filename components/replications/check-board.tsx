'use client'
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { plural } from '#lib/format/number'
import type { ReplicationCheck } from '#lib/replications/schema'
import { Fix } from '../connections/fix.tsx'
import board from '../connections/test-board.module.css'
import { visibleName } from '../data-sources/file-names.ts'
import { relationKey } from './plan.ts'

type Check = ReplicationCheck['checks'][number]

interface CheckBoardProps {
  check: ReplicationCheck
  /** The form changed after it. */
  isStale: boolean
  /** It is being looked at again. */
  isRunning: boolean
}

/** Everything that has to hold, with the sentence and the fix of what does not. */
export const CheckBoard = ({ check, isStale, isRunning }: CheckBoardProps) => {
  const { tone, words } = verdictOf(check)
  return (
    <section className={board.board} aria-label="Check" data-stale={isStale || undefined} aria-busy={isRunning}>
      <header className={board.head}>
        <h2 className={board.heading}>Check</h2>
        <p className={board.verdict} data-tone={isRunning ? 'running' : isStale ? 'stale' : tone} role="status">
          {isRunning ? 'Checking …' : isStale ? `${words} · before your last changes` : words}
        </p>
      </header>
      <ul className={board.stages} aria-label="What has to hold">
        {check.checks.map((one) => (
          <Line key={one.id} line={one} name={one.label} of={`“${one.label}”`} />
        ))}
      </ul>
      <ul className={board.stages} aria-label="Tables">
        {check.tables.map((one) => (
          <Line
            key={relationKey(one)}
            line={one}
            of={visibleName(one.name)}
            name={
              <code>
                <bdi>{visibleName(one.schema)}</bdi>.<bdi>{visibleName(one.name)}</bdi>
              </code>
            }
            aside={one.identity}
          />
        ))}
      </ul>
    </section>
  )
}

const verdictOf = ({ checks, tables }: ReplicationCheck): { tone: string; words: string } => {
  const all = [...checks, ...tables]
  const failed = all.filter(({ status }) => status === 'failed').length
  const warnings = all.filter(({ status }) => status === 'warning').length
  if (failed > 0) return { tone: 'failed', words: `${plural(failed, 'thing')} to mend` }
  if (warnings > 0) return { tone: 'passed', words: `Ready, with ${plural(warnings, 'warning')}` }
  return { tone: 'passed', words: 'Ready' }
}

const looks = {
  passed: { icon: IconCheck, words: 'passed' },
  warning: { icon: IconAlertTriangle, words: 'passed with a warning' },
  failed: { icon: IconX, words: 'failed' },
} as const

interface LineProps {
  line: Pick<Check, 'status' | 'sentence' | 'fix'>
  name: ReactNode
  /** What it is about, in words. */
  of: string
  aside?: string
}

const Line = ({ line: { status, sentence, fix }, name, of, aside }: LineProps) => {
  const { icon: Icon, words } = looks[status]
  return (
    <li className={board.stage} data-status={status}>
      <div className={board.line}>
        <span className={board.icon} data-status={status}>
          <Icon size={14} stroke={2.2} aria-label={words} role="img" />
        </span>
        <span className={board.name}>{name}</span>
        <span className={board.duration}>{aside !== undefined && visibleName(aside)}</span>
        <span className={board.said}>{sentence}</span>
        {fix && (
          <div className={board.said}>
            <Fix fix={fix} of={`the fix of ${of}`} />
          </div>
        )}
      </div>
    </li>
  )
}
