'use client'
import { Button } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { FormError } from '#components/layout/form-error'
import { plural } from '#lib/format/number'
import board from '../connections/test-board.module.css'
import { ChangeRow } from './change-row.tsx'
import type { Plan } from './plan.ts'
import classes from './replication.module.css'
import { usePreview } from './use-preview.ts'

/** Changes as they arrive, the newest first. Nothing is taken from a reader of the slot. */
export const PreviewPanel = ({ source, plan }: { source: string; plan: Plan }) => {
  const { preview, isPaused, held, start, pause, stop } = usePreview(source, plan)
  const { phase, changes, sentence, problem } = preview
  const isRunning = phase === 'starting' || phase === 'listening'
  return (
    <section className={board.board} aria-label="Preview of changes">
      <header className={board.head}>
        <h2 className={board.heading}>Preview of changes</h2>
        <p className={board.verdict} data-tone={isRunning && !isPaused ? 'running' : undefined} role="status">
          {statusOf(preview, isPaused, held)}
        </p>
        {isRunning && (
          <Button
            size="xs"
            variant="default"
            leftSection={
              isPaused ? <IconPlayerPlay size={14} aria-hidden /> : <IconPlayerPause size={14} aria-hidden />
            }
            onClick={() => pause(!isPaused)}
          >
            {isPaused ? 'Go on' : 'Pause'}
          </Button>
        )}
        <Button
          size="xs"
          variant="default"
          leftSection={isRunning ? <IconPlayerStop size={14} aria-hidden /> : <IconPlayerPlay size={14} aria-hidden />}
          onClick={isRunning ? stop : () => void start()}
        >
          {isRunning ? 'Stop preview' : 'Start preview'}
        </Button>
      </header>
      {problem && (
        <div className={classes.stepProblem}>
          <FormError>{problem}</FormError>
        </div>
      )}
      {changes.length === 0 && !problem && (
        <p className={board.empty}>
          {isRunning
            ? 'Change a row of a captured table: it appears here when it is committed.'
            : (sentence ??
              'Shows inserts, updates and deletes as they are committed, for up to 5 minutes, through a slot of its own that ends with the preview.')}
        </p>
      )}
      {changes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it
        <section className={classes.changes} aria-label="Changes" tabIndex={0}>
          <ol aria-label="Changes, the newest first">
            {changes.map((change) => (
              <ChangeRow key={change.id} change={change} />
            ))}
          </ol>
        </section>
      )}
    </section>
  )
}

const statusOf = (
  { phase, count, sentence }: ReturnType<typeof usePreview>['preview'],
  isPaused: boolean,
  held: number,
): string => {
  if (phase === 'idle') return ''
  if (phase === 'starting') return 'Starting …'
  if (phase === 'ended') return [plural(count, 'change'), sentence].filter(Boolean).join(' · ')
  if (isPaused) return held === 0 ? 'Paused' : `Paused · ${plural(held, 'change')} waiting`
  return count === 0 ? 'Listening · no change yet' : `Listening · ${plural(count, 'change')}`
}
