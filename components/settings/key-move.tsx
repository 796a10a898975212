'use client'
import { Progress } from '@mantine/core'
import { RelativeTime } from '#components/layout/relative-time'
import { formatNumber, plural } from '#lib/format/number'
import type { KeyList } from '#lib/keys/schema'
import classes from './encryption-keys.module.css'

/** How far the move of secrets to the primary key is, or how the last one ended. */
export const KeyMove = ({ state, done, total, error, finished_at }: NonNullable<KeyList['rewrap']>) => {
  if (state === 'running') {
    return (
      <div className={classes.move}>
        <p>
          Moving secrets to the primary key: {formatNumber(done)} of {formatNumber(total)}
        </p>
        <Progress value={total === 0 ? 100 : (100 * done) / total} aria-label="Secrets moved" />
      </div>
    )
  }
  if (error !== null) return <p className={classes.notice}>{error}</p>
  return (
    finished_at !== null && (
      <p className={classes.dim}>
        {plural(done, 'secret')} moved to the primary key <RelativeTime at={finished_at} />.
      </p>
    )
  )
}
