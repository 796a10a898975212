'use client'
import { Button } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { FormError } from '#components/layout/form-error'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import type { SessionView } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import { describeUserAgent } from '#lib/format/user-agent'
import table from '../layout/table.module.css'
import classes from './account.module.css'

/** Where one is signed in; what looks strange is ended here. */
export const Sessions = ({ sessions }: { sessions: readonly SessionView[] }) => {
  const router = useRouter()
  const [ending, setEnding] = useState<string>()
  const [error, setError] = useState<string>()
  const end = async (path: string) => {
    setEnding(path)
    setError(undefined)
    try {
      await callApi(path, { method: 'DELETE' })
      router.refresh()
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    setEnding(undefined)
  }
  return (
    <section aria-labelledby="sessions" className={classes.panel}>
      <h2 id="sessions">Sessions</h2>
      <FormError>{error}</FormError>
      <Table label="Sessions" columns={['Browser', 'Last used', { title: 'Signed in', from: 54 }, actionsColumn]}>
        {sessions.map((session) => (
          <tr key={session.id} className={table.row}>
            <td className={table.main}>
              <span className={table.name}>
                {describeUserAgent(session.user_agent)} {session.current && <Badge tone="accent">This one</Badge>}
              </span>
              <span className={table.dim}>{session.ip ?? 'Unknown address'}</span>
            </td>
            <td className={table.dim}>
              <RelativeTime at={session.last_seen_at} />
            </td>
            <td className={table.dim} data-from={54}>
              <RelativeTime at={session.created_at} />
            </td>
            <td className={table.end}>
              {!session.current && (
                <Button
                  variant="default"
                  size="xs"
                  loading={ending === pathOf(session)}
                  onClick={() => void end(pathOf(session))}
                >
                  Sign out
                </Button>
              )}
            </td>
          </tr>
        ))}
      </Table>
      {sessions.length > 1 ? (
        <div className={classes.actions}>
          <Button variant="default" loading={ending === others} onClick={() => void end(others)}>
            Sign out everywhere else
          </Button>
        </div>
      ) : (
        <p className={classes.none}>You are signed in nowhere else.</p>
      )}
    </section>
  )
}

const others = '/api/sessions'
const pathOf = ({ id }: SessionView): string => `${others}/${id}`
