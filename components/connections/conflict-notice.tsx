'use client'
import { Button } from '@mantine/core'
import { IconUsers } from '@tabler/icons-react'
import { RelativeTime } from '#components/layout/relative-time'
import type { ConnectionView } from '#lib/connections/schema'
import type { FormField } from '#lib/connectors/catalog'
import classes from './connection-form.module.css'
import { bringIntoView } from './field-focus.ts'

interface ConflictNoticeProps {
  mine: ConnectionView
  theirs: ConnectionView
  fields: readonly FormField[]
  onLoad: () => void
  onKeep: () => void
}

/** Somebody else saved in between: says what they changed, and leaves the choice to the person. */
export const ConflictNotice = ({ mine, theirs, fields, onLoad, onKeep }: ConflictNoticeProps) => {
  const changed = changedLabels(mine, theirs, fields)
  return (
    <div className={classes.notice} data-tone="warning" role="alert" ref={bringIntoView}>
      <IconUsers size={16} aria-hidden />
      <div>
        <p>
          This connection was saved elsewhere <RelativeTime at={theirs.updated_at} />
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
}

const changedLabels = (mine: ConnectionView, theirs: ConnectionView, fields: readonly FormField[]): string[] => {
  const differs = (a: unknown, b: unknown) => JSON.stringify(a ?? null) !== JSON.stringify(b ?? null)
  const own: [string, unknown, unknown][] = [
    ['name', mine.name, theirs.name],
    ['id', mine.conn_id, theirs.conn_id],
    ['role', mine.role, theirs.role],
    ['environment', mine.environment, theirs.environment],
    ['tags', mine.tags, theirs.tags],
    ['description', mine.description, theirs.description],
    ['credential', mine.credential?.secret?.version, theirs.credential?.secret?.version],
  ]
  return [
    ...own.filter(([, a, b]) => differs(a, b)).map(([label]) => label),
    ...fields.filter(({ name }) => differs(mine.config[name], theirs.config[name])).map(({ label }) => label),
  ]
}
