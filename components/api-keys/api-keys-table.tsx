'use client'
import { Button } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import { actionsColumn, type Column, Table } from '#components/layout/table'
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
        <td className={classes.main}>
          <span className={classes.name}>{key.name}</span>
          <span className={classes.mono}>{key.hint}</span>
        </td>
        <td className={classes.dim} title={key.scopes.join('\n')} data-from={54}>
          {key.scopes.length <= 2 ? key.scopes.join(', ') : plural(key.scopes.length, 'scope')}
        </td>
        <td className={classes.dim} title={[...key.environments, ...key.connections].join('\n')} data-from={64}>
          {reachOf(key)}
        </td>
        <td className={classes.dim} title={key.ip_allowlist.join('\n')} data-from={64}>
          {placesOf(key)}
        </td>
        <td className={classes.dim} data-from={54}>
          {key.last_used_at ? <RelativeTime at={key.last_used_at} /> : 'Never'}
        </td>
        <td>
          <State apiKey={key} />
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

const State = ({ apiKey: { status, expires_at, revoked_at } }: { apiKey: ApiKeyView }) => {
  const at = status === 'revoked' ? revoked_at : expires_at
  return (
    <span className={classes.state}>
      <Badge tone={tones[status]}>{words[status]}</Badge>
      {at && (
        <span className={classes.dim}>
          {status === 'active' && 'expires '}
          <RelativeTime at={at} />
        </span>
      )}
    </span>
  )
}

const reachOf = ({ environments, connections }: ApiKeyView): string => {
  const named = connections.length > 0 ? [plural(connections.length, 'connection')] : []
  return [...environments, ...named].join(', ') || 'Everything'
}

const placesOf = ({ ip_allowlist: [first, ...others] }: ApiKeyView): string => {
  if (first === undefined) return 'Anywhere'
  return others.length === 0 ? first : `${first} and ${others.length} more`
}

const tones = { active: 'success', expired: 'warning', revoked: 'neutral' } as const
const words = { active: 'Active', expired: 'Expired', revoked: 'Revoked' } as const
const columns: Column[] = [
  'Name',
  { title: 'Scopes', from: 54 },
  { title: 'Reaches', from: 64 },
  { title: 'Works from', from: 64 },
  { title: 'Last used', from: 54 },
  'Status',
  actionsColumn,
]
