'use client'
import { Button } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, Table } from '#components/layout/table'
import type { ApiKeyView } from '#lib/auth/schema'
import { plural } from '#lib/format/number'
import classes from '../layout/table.module.css'

interface ApiKeysTableProps {
  keys: readonly ApiKeyView[]
  onRevoke(key: ApiKeyView): void
}

export const ApiKeysTable = ({ keys, onRevoke }: ApiKeysTableProps) => (
  <Table label="API keys" columns={columns} isOneLine>
    {keys.map((key) => (
      <tr key={key.id} className={classes.row}>
        <td className={classes.name}>{key.name}</td>
        <td className={classes.mono}>{key.hint}</td>
        <td className={classes.dim} title={key.scopes.join('\n')}>
          {key.scopes.length <= 2 ? key.scopes.join(', ') : plural(key.scopes.length, 'scope')}
        </td>
        <td className={classes.dim}>{key.last_used_at ? <RelativeTime at={key.last_used_at} /> : 'Never'}</td>
        <td className={classes.dim}>{key.expires_at ? <RelativeTime at={key.expires_at} /> : 'Never'}</td>
        <td>
          <Badge tone={tones[key.status]}>{words[key.status]}</Badge>
        </td>
        <td className={classes.end}>
          {key.status === 'active' && (
            <Allowed to="api-keys:write">
              <Button variant="default" size="xs" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
                Revoke
              </Button>
            </Allowed>
          )}
        </td>
      </tr>
    ))}
  </Table>
)

const tones = { active: 'success', expired: 'warning', revoked: 'neutral' } as const
const words = { active: 'Active', expired: 'Expired', revoked: 'Revoked' } as const
const columns = ['Name', 'Key', 'Scopes', 'Last used', 'Expires', 'Status', actionsColumn]
