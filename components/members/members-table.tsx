'use client'
import { Button, NativeSelect } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, type Column, Table } from '#components/layout/table'
import { type Role, roles } from '#lib/auth/permissions'
import type { MemberView } from '#lib/members/schema'
import table from '../layout/table.module.css'
import { roleWords } from './access-words.ts'
import classes from './members.module.css'

interface MembersTableProps {
  members: readonly MemberView[]
  onRole(member: MemberView, role: Role): void
  onLeave(member: MemberView): void
  onEnable(member: MemberView): void
}

export const MembersTable = ({ members, onRole, onLeave, onEnable }: MembersTableProps) => (
  <Table label="Members" columns={columns} isOneLine>
    {members.map((member) => (
      <tr key={member.id} className={table.row}>
        <td className={table.main}>
          <span className={table.name}>
            {member.is_you ? `${member.name} (you)` : member.name}{' '}
            {member.status === 'disabled' && <Badge tone="warning">Disabled</Badge>}
          </span>
          <span className={table.dim}>{member.email}</span>
        </td>
        <td>
          <Allowed to="members:write" otherwise={roleWords[member.role]}>
            <NativeSelect
              aria-label={`Role of ${member.name}`}
              size="xs"
              className={classes.role ?? ''}
              // A change that was refused shows the role that stayed.
              key={`${member.role}:${member.revision}`}
              value={member.role}
              data={roles.map((role) => ({ value: role, label: roleWords[role] }))}
              onChange={({ currentTarget }) => {
                const role = roles.find((name) => name === currentTarget.value)
                if (role) onRole(member, role)
              }}
            />
          </Allowed>
        </td>
        <td className={table.dim} data-from={54}>
          {member.last_sign_in_at ? <RelativeTime at={member.last_sign_in_at} /> : 'Never'}
        </td>
        <td className={table.end}>
          {!member.is_you && (
            <Allowed to="members:write">
              <div className={classes.buttons}>
                {member.status === 'disabled' && (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => onEnable(member)}
                    aria-label={`Enable ${member.name}`}
                  >
                    Enable
                  </Button>
                )}
                <Button
                  variant="default"
                  size="xs"
                  onClick={() => onLeave(member)}
                  aria-label={`Remove … ${member.name}`}
                >
                  Remove …
                </Button>
              </div>
            </Allowed>
          )}
        </td>
      </tr>
    ))}
  </Table>
)

const columns: Column[] = ['Name', 'Role', { title: 'Last sign-in', from: 54 }, actionsColumn]
