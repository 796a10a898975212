import Link from 'next/link'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import type { Attachment, CredentialView } from '#lib/credentials/schema'
import classes from '../layout/table.module.css'
import { AttachedEnvironment, AttachedName } from './attachments-table.tsx'
import own from './credentials.module.css'
import { typeAndKind } from './credentials-table.tsx'
import { SecretState, StateBadges } from './state-badges.tsx'

export interface ReviewRow {
  credential: CredentialView
  attachments: readonly Attachment[]
}

/** One line for each credential on each connection, so that a reviewer reads down and misses none. */
export const ReviewTable = ({ rows }: { rows: readonly ReviewRow[] }) => (
  <Table label="Credentials and the connections that use them" columns={columns} className={own.table}>
    {rows.flatMap(({ credential, attachments }) =>
      attachments.length === 0
        ? [<ReviewLine key={credential.id} credential={credential} />]
        : attachments.map((attachment) => (
            <ReviewLine
              key={`${credential.id} ${attachment.connection.id}`}
              credential={credential}
              attachment={attachment}
            />
          )),
    )}
  </Table>
)

const ReviewLine = ({ credential, attachment }: { credential: CredentialView; attachment?: Attachment }) => (
  <tr className={attachment?.environment_mismatch ? own.mismatch : classes.row}>
    <td>
      <Link href={`/workspace/credentials/${credential.id}`} className={classes.name} prefetch={false}>
        {credential.name}
      </Link>
      <span className={own.under}>
        {typeAndKind(credential.type, credential.kind)}
        {credential.owner_team && ` · ${credential.owner_team}`}
      </span>
      <StateBadges credential={credential} />
    </td>
    <td>{attachment ? <AttachedName attachment={attachment} /> : <Unnamed credential={credential} />}</td>
    <td>{attachment ? <AttachedEnvironment attachment={attachment} /> : <span className={classes.dim}>—</span>}</td>
    <td data-from={54}>
      <EnvironmentBadge environment={credential.environment} />
    </td>
    <td data-from={54}>
      <SecretState credential={credential} />
    </td>
    <td data-from={54} className={classes.dim}>
      {credential.last_used_at === null ? 'Never' : <RelativeTime at={credential.last_used_at} />}
    </td>
  </tr>
)

const Unnamed = ({ credential }: { credential: CredentialView }) =>
  credential.used_by_count === 0 ? (
    <Badge tone="warning">Not used</Badge>
  ) : (
    <span className={classes.dim}>Used where you may not look</span>
  )

const columns: Column[] = [
  'Credential',
  'Connection',
  'Environment',
  { title: 'Labelled for', from: 54 },
  { title: 'Secret', from: 54 },
  { title: 'Last used', from: 54 },
]
