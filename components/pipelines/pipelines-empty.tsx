import Link from 'next/link'
import { EmptyState } from '#components/layout/empty-state'
import { pipelinesHref } from './list-query.ts'
import own from './pipelines.module.css'

/** Teaches the one call that fills this page. */
export const PipelinesEmpty = ({ isNarrowed }: { isNarrowed: boolean }) =>
  isNarrowed ? (
    <EmptyState title="No pipeline matches">
      Nothing registered fits these filters. <Link href={pipelinesHref({})}>Show all pipelines</Link>
    </EmptyState>
  ) : (
    <EmptyState
      title="No pipelines yet"
      action={
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to be reachable by keyboard
        <pre className={own.call} tabIndex={0}>
          {call}
        </pre>
      }
    >
      Whatever runs your pipelines registers them, whenever it deploys one, with an{' '}
      <Link href="/workspace/api-keys">API key</Link> that has the scope “Register, change and forget pipelines”. Every{' '}
      <code>conn_id</code> in the definition is found, and its connection cannot be deleted unnoticed.
    </EmptyState>
  )

const call = `curl -X PUT http://localhost:3000/api/pipelines/nightly-orders \\
  -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" \\
  -d '{"name": "Nightly orders",
       "definition": {"nodes": [{"id": "source_db", "conn_id": "prod-postgres"}]}}'`
