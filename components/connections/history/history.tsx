'use client'
import { Button } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { UndoButton } from '#components/layout/undo-button'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { ConnectionVersion, ConnectionView, VersionHistory } from '#lib/connections/schema'
import { showToast } from '../../layout/toast.tsx'
import { Changes } from './changes.tsx'
import classes from './history.module.css'

const SecretDialog = dynamic(() => import('./secret-dialog.tsx').then((module) => module.SecretDialog), { ssr: false })

interface HistoryProps {
  connection: ConnectionView
  versions: readonly ConnectionVersion[]
  /** The newest version, also where these are older ones. */
  now: number | undefined
  lastGreen: VersionHistory['last_green']
  /** What the form calls a setting. */
  labels: Record<string, string>
  mayChange: boolean
}

/** What a connection was, who made it so, and the way back. */
export const History = ({ connection, versions, now, lastGreen, labels, mayChange }: HistoryProps) => {
  const router = useRouter()
  const [busy, setBusy] = useState<number>()
  const [asking, setAsking] = useState<Wish & { sentence: string }>()
  const restore = async ({ version, revision = connection.revision, secret }: Wish) => {
    const after = await returnTo(connection.id, {
      version,
      revision,
      ...(secret && { credential: { config: secret } }),
    })
    setAsking(undefined)
    const undo = () => now !== undefined && attempt({ version: now, revision: after.revision })
    await showToast({
      id: `version:${connection.id}`,
      title: `Back at version ${version}`,
      message: <UndoButton onClick={undo} />,
      autoClose: 10_000,
    })
    router.refresh()
  }
  const attempt = async (wish: Wish) => {
    setBusy(wish.version)
    try {
      await restore(wish)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'destination_changed')
        setAsking({ ...wish, sentence: error.message })
      else
        await showToast({ id: 'version-problem', title: 'It stays as it is', message: sentenceOf(error), color: 'red' })
    }
    setBusy(undefined)
  }
  const backTo = (version: number, words: string) =>
    mayChange && (
      <Button variant="default" size="xs" loading={busy === version} onClick={() => attempt({ version })}>
        {words}
      </Button>
    )
  return (
    <div className={classes.history}>
      {lastGreen && now !== undefined && lastGreen.version < now && (
        <p className={classes.green}>
          <span>
            Version {lastGreen.version} is the last one whose test passed
            {lastGreen.same_secret ? '.' : ', with a secret that is not the one stored now.'}
          </span>
          {backTo(lastGreen.version, 'Return to last green')}
        </p>
      )}
      <ol className={classes.versions}>
        {versions.map((version) => (
          <li key={version.version} className={classes.version}>
            <header>
              <h2>Version {version.version}</h2>
              <Marks version={version} isGreen={lastGreen?.version === version.version} />
              <span className={classes.who}>
                {version.created_by.name ?? 'Somebody who left'} · <RelativeTime at={version.created_at} />
              </span>
              {!version.current && backTo(version.version, 'Return to this version')}
            </header>
            <Changes version={version} labels={labels} />
          </li>
        ))}
      </ol>
      {asking && (
        <SecretDialog
          version={asking.version}
          sentence={asking.sentence}
          fields={connection.credential?.secret?.fields ?? []}
          onConfirm={(secret) => restore({ ...asking, secret })}
          onClose={() => setAsking(undefined)}
        />
      )}
    </div>
  )
}

interface Wish {
  version: number
  /** The revision it was decided on; a newer one is not overwritten. */
  revision?: number
  secret?: Record<string, string>
}

const returnTo = async (id: string, { version, ...body }: { version: number; revision: number; credential?: object }) =>
  (await callApi<ConnectionView>(`/api/connections/${id}/versions/${version}/restore`, { method: 'POST', body })).data

const Marks = ({
  version: { current, test, restored_from },
  isGreen,
}: {
  version: ConnectionVersion
  isGreen: boolean
}) => (
  <>
    {current && <Badge tone="accent">Current</Badge>}
    {isGreen && <Badge tone="success">Last green</Badge>}
    {test && !isGreen && (
      <Badge tone={test.status === 'passed' ? 'success' : 'danger'}>
        {test.status === 'passed' ? 'Passed' : 'Failed'}
      </Badge>
    )}
    {restored_from !== null && <Badge>Return to {restored_from}</Badge>}
  </>
)
