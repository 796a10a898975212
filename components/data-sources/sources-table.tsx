import Link from 'next/link'
import { StatusCell } from '#components/connections/list/status-cell'
import { ConnectorLogo } from '#components/connectors/connector-logo'
import { EnvironmentBadge } from '#components/layout/badge'
import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { Table } from '#components/layout/table'
import type { ConnectionView } from '#lib/connections/schema'
import { manifestOf } from '#lib/connectors/catalog'
import classes from '../layout/table.module.css'
import { insideOf, insideWords } from './inside.ts'
import own from './sources-table.module.css'

/** Sources one can look into; the same saved connections as on the list. */
export const SourcesTable = ({ connections }: { connections: readonly ConnectionView[] }) => {
  if (connections.length === 0) {
    return (
      <EmptyState title="No data sources yet">
        Tables and files of every source connection appear here.{' '}
        <Link href="/workspace/connections/new?role=source">Add a source</Link>
      </EmptyState>
    )
  }
  return (
    <Table label="Data sources" columns={columns} className={own.table}>
      {connections.map(rowOf)}
    </Table>
  )
}

const rowOf = (connection: ConnectionView) => {
  const { id, name, conn_id, type, summary, environment } = connection
  const { short } = insideWords[insideOf(manifestOf(type).capabilities) ?? 'tables']
  return (
    <tr key={id} className={classes.row}>
      <td>
        <div className={classes.identity}>
          <ConnectorLogo type={type} name={manifestOf(type).name} size={30} />
          <span className={classes.names}>
            <Link href={`/workspace/data-sources/${id}`} className={classes.name} prefetch={false}>
              {name}
            </Link>
            <code className={classes.mono}>{conn_id}</code>
          </span>
        </div>
      </td>
      <td>
        <span className={`${classes.mono} ${classes.clip}`}>{summary}</span>
      </td>
      <td>
        <EnvironmentBadge environment={environment} />
      </td>
      <td>
        <StatusCell connection={connection} test={undefined} />
      </td>
      <td className={classes.end}>
        <ButtonLink
          href={`/workspace/data-sources/${id}`}
          variant="default"
          size="xs"
          aria-label={`${short} of ${name}`}
        >
          {short}
        </ButtonLink>
      </td>
    </tr>
  )
}

const columns = ['Source', 'Address', 'Environment', 'Last test', { title: 'Open', isHidden: true }]
