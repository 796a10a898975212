'use client'
import { Button } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { Allowed } from '#components/layout/permissions'
import { QuestionDialog } from '#components/layout/question-dialog'
import { sentenceOf } from '#lib/client/problem'
import type { ReplicationCheck, ReplicationView } from '#lib/replications/schema'
import { Fix } from '../connections/fix.tsx'
import board from '../connections/test-board.module.css'
import { isTaken } from './plan.ts'
import classes from './replication.module.css'

export type Step = ReplicationCheck['steps'][number]

interface StepsProps {
  steps: readonly Step[]
  view: ReplicationView | undefined
  isProduction: boolean
  /** What was checked is not what stands in the form any more. */
  isStale: boolean
  onTake(step: string, direction: 'do' | 'undo'): Promise<void>
}

/** What leads there, in its order; each is a statement that can be read before it runs. */
export const Steps = ({ steps, view, isProduction, isStale, onTake }: StepsProps) => {
  const [busy, setBusy] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [asking, setAsking] = useState<{ step: Step; direction: 'do' | 'undo' }>()
  const run = async (step: Step) => {
    setBusy(step.id)
    setProblem(undefined)
    try {
      await onTake(step.id, 'do')
    } catch (error) {
      setProblem(sentenceOf(error))
    }
    setBusy(undefined)
  }
  return (
    <section className={board.board} aria-label="Steps">
      <header className={board.head}>
        <h2 className={board.heading}>Steps</h2>
        <p className={board.verdict} role="status" data-tone={busy === undefined ? undefined : 'running'}>
          {busy === undefined ? progressOf(steps) : 'Running …'}
        </p>
      </header>
      <ol className={classes.steps}>
        {steps.map((step, index) => (
          <li key={step.id} className={classes.step} data-done={step.done || undefined}>
            <span className={classes.number} aria-hidden>
              {step.done ? <IconCheck size={14} stroke={2.4} /> : index + 1}
            </span>
            <div className={classes.stepBody}>
              <p className={classes.stepTitle}>
                {step.title} {step.done && <span className={classes.doneWord}>Done</span>}
              </p>
              {step.sql && <Fix fix={{ kind: 'sql', text: step.sql }} of={`the SQL of “${step.title}”`} />}
            </div>
            <Allowed to="data-sources:replicate">
              <div className={classes.stepActions}>
                {!step.done && (
                  <Button
                    size="xs"
                    variant={steps.find(({ done }) => !done) === step ? 'filled' : 'default'}
                    loading={busy === step.id}
                    disabled={isStale || busy !== undefined}
                    onClick={() => (isProduction ? setAsking({ step, direction: 'do' }) : run(step))}
                    aria-label={`Run “${step.title}”`}
                  >
                    Run
                  </Button>
                )}
                {isTaken(view, step.id) && (
                  <Button
                    size="xs"
                    variant="subtle"
                    color="gray"
                    disabled={isStale || busy !== undefined}
                    onClick={() => setAsking({ step, direction: 'undo' })}
                    aria-label={`Undo “${step.title}”`}
                  >
                    Undo
                  </Button>
                )}
              </div>
            </Allowed>
          </li>
        ))}
      </ol>
      {problem && (
        <div className={classes.stepProblem}>
          <FormError>{problem}</FormError>
        </div>
      )}
      {asking && (
        <StepQuestion
          {...asking}
          isProduction={isProduction}
          onConfirm={async () => {
            await onTake(asking.step.id, asking.direction)
            setAsking(undefined)
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
    </section>
  )
}

const progressOf = (steps: readonly Step[]): string => {
  const done = steps.filter((step) => step.done).length
  return done === steps.length ? 'All done' : `${done} of ${steps.length} done`
}

interface StepQuestionProps {
  step: Step
  direction: 'do' | 'undo'
  isProduction: boolean
  onConfirm(): Promise<void>
  onClose(): void
}

const StepQuestion = ({ step, direction, isProduction, onConfirm, onClose }: StepQuestionProps) => {
  const isUndo = direction === 'undo'
  const sql = isUndo ? step.undo_sql : step.sql
  return (
    <QuestionDialog
      title={isUndo ? `Undo “${step.title}”?` : `Run “${step.title}”?`}
      action={isUndo ? 'Undo step' : 'Run step'}
      isDangerous={isUndo}
      onConfirm={onConfirm}
      onClose={onClose}
    >
      {isProduction && <p className={classes.production}>This source is in production.</p>}
      <p>
        {isUndo
          ? 'What the step made at the source is taken away again. Whoever reads from it stops there and cannot go on.'
          : 'This is run at the source, under the login of the connection.'}
      </p>
      {sql && <Fix fix={{ kind: 'sql', text: sql }} />}
    </QuestionDialog>
  )
}
