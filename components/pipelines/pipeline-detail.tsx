import Link from 'next/link'
import { FormHeader } from '#components/connections/form-header'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { Facts } from '#components/layout/facts'
import { Page } from '#components/layout/page'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import type { PipelineReferenceView, PipelineView } from '#lib/pipelines/schema'
import sections from '../layout/sections.module.css'
import classes from '../layout/table.module.css'
import { PipelineActions } from './pipeline-actions.tsx'
import own from './pipelines.module.css'
import { ActiveBadge } from './pipelines-table.tsx'

/** One pipeline: what it uses, where its definition says so, and the definition. */
export const PipelineDetail = ({ pipeline }: { pipeline: PipelineView }) => (
  <>
    <FormHeader title={pipeline.name} crumbs={[{ label: 'Pipelines', href: '/workspace/pipelines' }]}>
      <Allowed to="pipelines:write">
        <PipelineActions pipeline={pipeline} />
      </Allowed>
    </FormHeader>
    <Page>
      <div className={`${sections.sections} ${own.wide}`}>
        <Facts
          label="About"
          facts={[
            ['State', <ActiveBadge key="state" active={pipeline.active} />],
            ['Key', <code key="key">{pipeline.key}</code>],
            ['Last seen', <RelativeTime key="seen" at={pipeline.last_seen_at} />],
            ['Changed', <RelativeTime key="changed" at={pipeline.updated_at} />],
          ]}
        />
        <section aria-label="References">
          <h2>Connections it names</h2>
          {pipeline.references.length === 0 ? (
            <p className={classes.dim}>Its definition names no connection.</p>
          ) : (
            <Table label="References" columns={columns}>
              {pipeline.references.map((reference) => (
                <Reference key={reference.pointer} reference={reference} />
              ))}
            </Table>
          )}
        </section>
        <section aria-label="Definition">
          <h2>Definition</h2>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
          <pre className={`${own.call} ${own.definition}`} tabIndex={0}>
            {textOf(pipeline.definition)}
          </pre>
        </section>
      </div>
    </Page>
  </>
)

const Reference = ({
  reference: { pointer, conn_id, node, state, connection },
}: {
  reference: PipelineReferenceView
}) => (
  <tr className={classes.row}>
    <td>
      {connection && state === 'bound' ? (
        <Link href={`/workspace/connections/${connection.id}/edit`} className={classes.name} prefetch={false}>
          {connection.name}
        </Link>
      ) : (
        <span className={classes.state}>
          {connection?.name ?? <code>{conn_id}</code>}
          <Badge tone={state === 'deleted' ? 'danger' : 'warning'}>
            {state === 'deleted' ? 'deleted' : 'not found'}
          </Badge>
        </span>
      )}
      {connection && connection.conn_id !== conn_id && <span className={classes.mono}>as {conn_id}</span>}
    </td>
    <td>{connection && <EnvironmentBadge environment={connection.environment} />}</td>
    <td className={own.node}>{node ?? '—'}</td>
    <td className={own.node}>{pointer}</td>
  </tr>
)

const shownMost = 64_000

const textOf = (definition: Record<string, unknown>): string => {
  const text = JSON.stringify(definition, null, 2)
  return text.length > shownMost ? `${text.slice(0, shownMost)}\n… read the rest with GET /api/pipelines/{key}` : text
}

const columns: Column[] = ['Connection', 'Environment', 'Step', 'Place in the definition']
