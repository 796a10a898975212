'use client'
import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import classes from './queries.module.css'

/** The tables cannot be listed; statements can still be written. */
export const TreeProblem = ({ source, problem }: { source: string; problem: string }) => {
  const router = useRouter()
  const [isRetrying, retry] = useTransition()
  return (
    <div className={classes.treeProblem} role="alert">
      <IconPlugConnectedX size={22} stroke={1.4} aria-hidden />
      <p>{problem}</p>
      <Button size="compact-sm" variant="default" loading={isRetrying} onClick={() => retry(() => router.refresh())}>
        Try again
      </Button>
      <Button size="compact-sm" variant="default" component={Link} href={`/workspace/data-sources/${source}`}>
        Find out why
      </Button>
    </div>
  )
}
