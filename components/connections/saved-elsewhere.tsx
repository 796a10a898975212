'use client'
import { Button } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { RelativeTime } from '#components/layout/relative-time'
import classes from './connection-form.module.css'
import { bringIntoView } from './field-focus.ts'

interface SavedElsewhereProps {
  /** What was saved, in the words of the form. */
  what: string
  at: string
  /** What they changed, as labels of the form. */
  changed?: readonly string[]
  onLoad: () => void
  onKeep: () => void
}

/** Somebody else saved in between: leaves the choice to the person, and loses nothing meanwhile. */
export const SavedElsewhere = ({ what, at, changed = [], onLoad, onKeep }: SavedElsewhereProps) => (
  <div className={classes.notice} data-tone="warning" role="alert" ref={bringIntoView}>
    <IconUsers size={16} aria-hidden />
    <div>
      <p>
        This {what} was saved elsewhere <RelativeTime at={at} />
        {changed.length > 0 && `: ${changed.join(', ')} changed`}. Your edits are still here and not saved.
      </p>
      <div className={classes.noticeActions}>
        <Button size="xs" variant="default" onClick={onLoad}>
          Load the newer version
        </Button>
        <Button size="xs" variant="subtle" onClick={onKeep}>
          Keep my edits and save on top
        </Button>
      </div>
    </div>
  </div>
)
