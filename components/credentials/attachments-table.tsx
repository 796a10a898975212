import { IconAlertTriangle } from '@tabler/icons-react'
import Link from 'next/link'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import type { Attachment } from '#lib/credentials/schema'
import classes from '../layout/table.module.css'
import own from './credentials.module.css'

/** The connections that have a credential attached; one of another environment stands out. */
export const AttachmentsTable = ({ attachments }: { attachments: readonly Attachment[] }) => (
  <Table label="Connections that use it" columns={columns} className={own.table}>
    {attachments.map((attachment) => (
      <tr key={attachment.connection.id} className={attachment.environment_mismatch ? own.mismatch : classes.row}>
        <td>
          <AttachedName attachment={attachment} />
        </td>
        <td>
          <AttachedEnvironment attachment={attachment} />
        </td>
        <td data-from={54} className={classes.dim}>
          <LastTest test={attachment.last_test} />
        </td>
        <td data-from={54} className={classes.dim}>
          {attachment.connection.workspace_name}
        </td>
      </tr>
    ))}
  </Table>
)

const AttachedName = ({ attachment: { connection } }: { attachment: Attachment }) => (
  <>
    {connection.deleted ? (
      <span className={classes.dim}>{connection.name} (deleted)</span>
    ) : (
      <Link href={`/workspace/connections/${connection.id}/edit`} className={classes.name} prefetch={false}>
        {connection.name}
      </Link>
    )}
    <span className={classes.mono}>{connection.conn_id}</span>
  </>
)

const AttachedEnvironment = ({ attachment }: { attachment: Attachment }) => (
  <span className={own.badges}>
    <EnvironmentBadge environment={attachment.connection.environment} />
    {attachment.environment_mismatch && (
      <Badge tone="warning">
        <IconAlertTriangle size={13} stroke={1.8} aria-hidden />
        Other environment
      </Badge>
    )}
  </span>
)

const LastTest = ({ test }: { test: Attachment['last_test'] }) =>
  test === null ? (
    'Never tested'
  ) : (
    <>
      {test.stale ? 'Untested since edit' : test.status === 'passed' ? 'Passed' : 'Failed'} ·{' '}
      <RelativeTime at={test.at} />
    </>
  )

const columns: Column[] = [
  'Connection',
  'Environment',
  { title: 'Last test', from: 54 },
  { title: 'Workspace', from: 54 },
]
