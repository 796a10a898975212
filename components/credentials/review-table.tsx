import { IconAlertTriangle } from '@tabler/icons-react'
import Link from 'next/link'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import { credentialTypeLabels } from '#lib/credentials/kinds'
import type { ReviewLine } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import classes from '../layout/table.module.css'
import own from './credentials.module.css'
import { StateBadges } from './state-badges.tsx'

/** One line for each credential on each connection, so that a reviewer reads down and misses none. */
export const ReviewTable = ({ lines }: { lines: readonly ReviewLine[] }) => (
  <Table label="Credentials and the connections that use them" columns={columns} className={own.table}>
    {lines.map((line) => (
      <Line key={`${line.credential.id} ${line.connection?.id ?? ''}`} line={line} />
    ))}
  </Table>
)

const Line = ({ line: { credential, connection } }: { line: ReviewLine }) => (
  <tr className={connection?.environment_mismatch ? own.mismatch : classes.row}>
    <td>
      <Link href={`/workspace/credentials/${credential.id}`} className={classes.name} prefetch={false}>
        {credential.name}
      </Link>
      <span className={own.under}>
        {credentialTypeLabels[credential.type]}
        {credential.owner_team && ` · ${credential.owner_team}`}
      </span>
      <StateBadges credential={credential} />
    </td>
    <td>{connection ? <Connection connection={connection} /> : <Badge tone="warning">Not used</Badge>}</td>
    <td>{connection ? <Environment connection={connection} /> : <span className={classes.dim}>—</span>}</td>
    <td data-from={54}>
      <EnvironmentBadge environment={credential.environment} />
    </td>
    <td data-from={54} className={classes.dim}>
      {credential.age_days === 0 ? 'Today' : plural(credential.age_days, 'day')}
    </td>
    <td data-from={54} className={classes.dim}>
      {credential.last_used_at === null ? 'Never' : <RelativeTime at={credential.last_used_at} />}
    </td>
  </tr>
)

type Attached = NonNullable<ReviewLine['connection']>

const Connection = ({ connection: { id, name, workspace_name } }: { connection: Attached }) => (
  <>
    {id === null ? (
      <span className={classes.dim}>{name}</span>
    ) : (
      <Link href={`/workspace/connections/${id}/edit`} className={classes.name} prefetch={false}>
        {name}
      </Link>
    )}
    <span className={own.under}>{workspace_name}</span>
  </>
)

const Environment = ({ connection }: { connection: Attached }) => (
  <span className={own.badges}>
    <EnvironmentBadge environment={connection.environment} />
    {connection.environment_mismatch && (
      <Badge tone="warning">
        <IconAlertTriangle size={13} stroke={1.8} aria-hidden />
        Other environment
      </Badge>
    )}
  </span>
)

const columns: Column[] = [
  'Credential',
  'Connection',
  'Environment',
  { title: 'Labelled for', from: 54 },
  { title: 'Age', from: 54 },
  { title: 'Last used', from: 54 },
]
