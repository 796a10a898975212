import { IconUnlink } from '@tabler/icons-react'
import Link from 'next/link'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import { findManifest } from '#lib/connectors/catalog'
import type { PipelineLine } from '#lib/pipelines/schema'
import classes from '../layout/table.module.css'
import { pipelineHref } from './list-query.ts'
import own from './pipelines.module.css'

/** What runs outside and which connections it needs. */
export const PipelinesTable = ({ pipelines }: { pipelines: readonly PipelineLine[] }) => (
  <Table label="Pipelines" columns={columns} className={own.table}>
    {pipelines.map((pipeline) => (
      <tr key={pipeline.id} className={classes.row}>
        <td className={classes.main}>
          <Link href={pipelineHref(pipeline.key)} className={classes.name} prefetch={false} data-row-link={pipeline.id}>
            {pipeline.name}
          </Link>
          <span className={classes.mono}>{pipeline.key}</span>
        </td>
        <td>
          <ActiveBadge active={pipeline.active} />
        </td>
        <td>
          <UsedConnections pipeline={pipeline} />
        </td>
        <td className={classes.dim} data-from={54}>
          <RelativeTime at={pipeline.last_seen_at} />
        </td>
      </tr>
    ))}
  </Table>
)

export const ActiveBadge = ({ active }: { active: boolean }) => (
  <Badge tone={active ? 'success' : 'neutral'}>{active ? 'Active' : 'Inactive'}</Badge>
)

const shownMost = 4

const UsedConnections = ({ pipeline: { connections, missing } }: { pipeline: PipelineLine }) => {
  const more = connections.length - shownMost
  return (
    <ul className={own.connections}>
      {connections.slice(0, shownMost).map(({ id, name, type, state }) => (
        <li key={id} data-state={state}>
          <ConnectorLogo type={type} name={findManifest(type)?.name ?? type} size={20} />
          {state === 'deleted' ? (
            <>
              {name} <Badge tone="danger">deleted</Badge>
            </>
          ) : (
            <Link href={`/workspace/connections/${id}/edit`} prefetch={false}>
              {name}
            </Link>
          )}
        </li>
      ))}
      {more > 0 && <li className={classes.dim}>and {more} more</li>}
      {missing.slice(0, shownMost).map((name) => (
        <li key={name} className={own.missing}>
          <IconUnlink size={15} stroke={1.8} aria-hidden />
          <code>{name}</code> not found
        </li>
      ))}
      {connections.length + missing.length === 0 && <li className={classes.dim}>None</li>}
    </ul>
  )
}

const columns: Column[] = ['Pipeline', 'State', 'Connections', { title: 'Last seen', from: 54 }]
