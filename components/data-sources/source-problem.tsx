'use client'
import { Button } from '@mantine/core'
import { IconPencil, IconPlugConnectedX, IconRefresh, IconStethoscope } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { TestBoard } from '#components/connections/test-board'
import { useConnectionTest } from '#components/connections/use-connection-test'
import { Allowed } from '#components/layout/permissions'
import classes from './source-problem.module.css'

interface SourceProblemProps {
  connection: { id: string; name: string }
  /** One sentence. */
  problem: string
  /** What was wanted of it. */
  what?: 'tables' | 'files'
}

/** The source does not answer: says so, finds out where it stops, and leads to the form. */
export const SourceProblem = ({ connection, problem, what = 'tables' }: SourceProblemProps) => {
  const { run, start, cancel } = useConnectionTest()
  const router = useRouter()
  const [isRetrying, retry] = useTransition()
  const edit = `/workspace/connections/${connection.id}/edit`
  const test = () =>
    void start(`/api/connections/${encodeURIComponent(connection.id)}/test`, { body: {}, subject: connection.id })
  return (
    <div className={classes.page}>
      <div className={classes.problem} role="alert">
        <IconPlugConnectedX size={26} stroke={1.4} aria-hidden />
        <h2>
          The {what} of {connection.name} cannot be read
        </h2>
        <p>{problem}</p>
        <div className={classes.actions}>
          <Allowed to="connections:test">
            <Button
              onClick={test}
              disabled={run.phase === 'running'}
              leftSection={<IconStethoscope size={16} aria-hidden />}
            >
              Find out why
            </Button>
          </Allowed>
          <Allowed to="connections:write">
            <Button component={Link} href={edit} variant="default" leftSection={<IconPencil size={15} aria-hidden />}>
              Edit connection
            </Button>
          </Allowed>
          <Button
            variant="default"
            loading={isRetrying}
            leftSection={<IconRefresh size={15} aria-hidden />}
            onClick={() => retry(() => router.refresh())}
          >
            Try again
          </Button>
        </div>
      </div>
      {run.phase !== 'idle' && <TestBoard run={run} isStale={false} onCancel={cancel} />}
    </div>
  )
}
