'use client'
import { Button } from '@mantine/core'
import classes from './queries.module.css'
import type { useTabs } from './use-tabs.tsx'

/** Why what is open is not kept at the moment, and the ways out. */
export const TabsNotice = ({ tabs }: { tabs: ReturnType<typeof useTabs> }) => {
  const { problem } = tabs
  if (!problem) return null
  return (
    <div className={classes.notice} role="alert">
      {problem.kind === 'failed' ? (
        <p>Your tabs are not kept: {problem.sentence}</p>
      ) : (
        <>
          <p>You changed your tabs in another window meanwhile.</p>
          <Button size="compact-xs" variant="default" onClick={() => void tabs.load()}>
            Load those
          </Button>
          <Button size="compact-xs" variant="default" onClick={tabs.keepMine}>
            Keep these
          </Button>
        </>
      )}
    </div>
  )
}
