'use client'
import { RelativeTime } from '#components/layout/relative-time'
import { plural } from '#lib/format/number'
import { formatDuration } from '#lib/format/time'
import type { QueryView } from '#lib/queries/schema'
import { useEditorActions } from './editor-context.ts'
import { ListEntry, ListPane } from './list-pane.tsx'
import classes from './queries.module.css'
import { usePages } from './use-pages.ts'

/** What one ran here, newest first; a click opens the statement in a tab. */
export const HistoryList = ({ source, onDone }: { source: string; onDone: () => void }) => {
  const { open, ended } = useEditorActions()
  const pages = usePages<QueryView>('/api/queries', { connection: source }, ended)
  return (
    <ListPane
      label="Your queries"
      pages={pages}
      isEmpty={pages.items.length === 0}
      nothing="What you run is listed here, for you alone."
    >
      {pages.items.map((query) => (
        <ListEntry key={query.id} onOpen={() => open({ sql: textOf(query) })} onDone={onDone}>
          <code className={classes.listCode}>{textOf(query).slice(0, 300)}</code>
          {query.error && query.status !== 'cancelled' && (
            <span className={classes.listProblem}>{query.error.detail}</span>
          )}
          <span className={classes.listFacts}>
            <span className={classes.runDot} data-status={query.status} />
            <RelativeTime at={query.started_at} />
            {factsOf(query).map((fact) => (
              <span key={fact}>{fact}</span>
            ))}
          </span>
        </ListEntry>
      ))}
    </ListPane>
  )
}

/** Its parameters have the names that were given to them. */
const textOf = ({ written, sql }: QueryView): string => written ?? sql

const factsOf = ({ kind, mode, status, rows, duration_ms }: QueryView): string[] => {
  const facts = [
    kind === 'run' ? undefined : kind === 'explain' ? 'explained' : 'exported',
    mode === 'write' ? 'could change data' : undefined,
    status === 'done' ? (kind === 'explain' ? undefined : plural(rows, 'row')) : status,
    duration_ms === null ? undefined : formatDuration(duration_ms),
  ]
  return facts.filter((fact) => fact !== undefined)
}
