'use client'
import { EnvironmentBadge } from '#components/layout/badge'
import { QuestionDialog } from '#components/layout/question-dialog'
import { plural } from '#lib/format/number'
import classes from './queries.module.css'
import type { RunRequest } from './use-runs.ts'

interface WriteDialogProps {
  source: { name: string; environment: string | null }
  request: RunRequest & { confirm: () => Promise<void> }
  onClose: () => void
}

/** Shows what may change data, and where, before it does. */
export const WriteDialog = ({ source, request, onClose }: WriteDialogProps) => {
  const { statements, confirm } = request
  return (
    <QuestionDialog
      title={`Run on ${source.name} and keep what it changes?`}
      action={statements.length === 1 ? 'Run and keep' : `Run ${plural(statements.length, 'statement')}`}
      isDangerous
      onConfirm={async () => {
        onClose()
        void confirm()
      }}
      onClose={onClose}
    >
      <p className={classes.writeWhere}>
        {source.environment && <EnvironmentBadge environment={source.environment} />}
        What it changes cannot be taken back here.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className={classes.writeText} tabIndex={0}>
        {statements.map(({ sql }) => sql).join(';\n\n')}
      </pre>
    </QuestionDialog>
  )
}
