'use client'
import { Anchor } from '@mantine/core'
import Link from 'next/link'
import { testWithToast } from '#components/layout/test-toast'
import { showToast } from '#components/layout/toast'
import type { ConnectionView } from '#lib/connections/schema'
import type { Inside } from '../data-sources/inside.ts'
import classes from './connection-form.module.css'

/** Says that a connection was saved, and offers what one does next. */
export const showSaved = (view: ConnectionView, inside: Inside | undefined): Promise<void> =>
  showToast({
    id: `saved:${view.id}`,
    title: `${view.name} saved`,
    color: 'green',
    message: (
      <span className={classes.toastActions}>
        {inside && (
          <Anchor component={Link} href={`/workspace/data-sources/${view.id}`}>
            Open {inside}
          </Anchor>
        )}
        <Anchor component="button" type="button" onClick={() => void testWithToast(view)}>
          Test
        </Anchor>
      </span>
    ),
  })
