'use client'
import { Button } from '@mantine/core'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, type Column, Table } from '#components/layout/table'
import type { InvitationView } from '#lib/members/schema'
import table from '../layout/table.module.css'
import { roleWords } from './access-words.ts'

interface InvitationsTableProps {
  invitations: readonly InvitationView[]
  onRevoke(invitation: InvitationView): void
}

export const InvitationsTable = ({ invitations, onRevoke }: InvitationsTableProps) => (
  <Table label="Invitations" columns={columns} isOneLine>
    {invitations.map((invitation) => (
      <tr key={invitation.id} className={table.row}>
        <td className={table.main}>
          <span className={table.name}>{invitation.email}</span>
          <span className={table.dim}>{roleWords[invitation.role]}</span>
        </td>
        <td className={table.dim} data-from={54}>
          <RelativeTime at={invitation.created_at} />
        </td>
        <td className={table.dim}>
          {invitation.status === 'expired' ? 'Expired' : <RelativeTime at={invitation.expires_at} />}
        </td>
        <td className={table.end}>
          <Allowed to="members:write">
            <Button
              variant="default"
              size="xs"
              onClick={() => onRevoke(invitation)}
              aria-label={`Take back the invitation of ${invitation.email}`}
            >
              Take back
            </Button>
          </Allowed>
        </td>
      </tr>
    ))}
  </Table>
)

const columns: Column[] = ['E-mail and role', { title: 'Sent', from: 54 }, 'Link works until', actionsColumn]
