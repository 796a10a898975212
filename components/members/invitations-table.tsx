'use client'
import { Button } from '@mantine/core'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import type { InvitationView } from '#lib/members/schema'
import table from '../layout/table.module.css'

interface InvitationsTableProps {
  invitations: readonly InvitationView[]
  onRevoke(invitation: InvitationView): void
}

export const InvitationsTable = ({ invitations, onRevoke }: InvitationsTableProps) => (
  <div className={table.scroll}>
    <table className={`${table.table} ${table.oneLine}`} aria-label="Invitations">
      <thead>
        <tr>
          <th scope="col">E-mail</th>
          <th scope="col">Role</th>
          <th scope="col">Sent</th>
          <th scope="col">Link works until</th>
          <th scope="col">
            <span className={table.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {invitations.map((invitation) => (
          <tr key={invitation.id} className={table.row}>
            <td className={table.name}>{invitation.email}</td>
            <td className={table.dim}>{invitation.role}</td>
            <td className={table.dim}>
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
      </tbody>
    </table>
  </div>
)
