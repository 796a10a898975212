import { Button, Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatDuration } from '#lib/format/time'
import { VisibleText } from './grid/cell-view.tsx'
import type { ResultState } from './result-store.ts'
import { resultWords, truncationOf } from './result-words.ts'
import classes from './results.module.css'

interface ResultStatusBarProps {
  state: ResultState
  onCancel?: (() => void) | undefined
  onExport?: (() => void) | undefined
}

/** How many rows there are, how long it took, and what the server remarked. */
export const ResultStatusBar = ({ state, onCancel, onExport }: ResultStatusBarProps) => {
  const { status, startedAt, done } = state
  const truncation = truncationOf(state)
  if (status === 'idle') return null
  return (
    <footer className={classes.bar}>
      {status === 'running' && <Running since={startedAt ?? 0} onCancel={onCancel} />}
      <p className={classes.words} role="status">
        {resultWords(state).map((word) => (
          <span key={word}>{word}</span>
        ))}
        {truncation !== undefined && <span className={classes.truncated}>{truncation}</span>}
      </p>
      {truncation !== undefined && onExport && (
        <Button size="xs" variant="default" onClick={onExport}>
          Export all
        </Button>
      )}
      {done && done.notices.length > 0 && <Notices notices={done.notices} />}
    </footer>
  )
}

const Running = ({ since, onCancel }: { since: number; onCancel: (() => void) | undefined }) => {
  const [now, setNow] = useState(since)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 250)
    return () => clearInterval(timer)
  }, [])
  return (
    <>
      <Loader size={14} aria-hidden />
      <span className={classes.time}>Running, {formatDuration(Math.max(0, now - since))}</span>
      {onCancel && (
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
      )}
    </>
  )
}

const Notices = ({ notices }: { notices: readonly string[] }) => (
  <details className={classes.notices}>
    <summary>{notices.length === 1 ? '1 notice' : `${notices.length} notices`}</summary>
    <ul>
      {notices.map((notice, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the server may say the same twice
        <li key={at}>
          <VisibleText text={notice} length={2_000} />
        </li>
      ))}
    </ul>
  </details>
)
