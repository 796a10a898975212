'use client'
import { Button } from '@mantine/core'
import { Badge } from '#components/layout/badge'
import { Allowed } from '#components/layout/permissions'
import { RelativeTime } from '#components/layout/relative-time'
import type { ApiKeyView } from '#lib/auth/schema'
import { plural } from '#lib/format/number'
import classes from '../layout/table.module.css'

interface ApiKeysTableProps {
  keys: readonly ApiKeyView[]
  onRevoke(key: ApiKeyView): void
}

export const ApiKeysTable = ({ keys, onRevoke }: ApiKeysTableProps) => (
  <div className={classes.scroll}>
    <table className={`${classes.table} ${classes.oneLine}`} aria-label="API keys">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Key</th>
          <th scope="col">Scopes</th>
          <th scope="col">Last used</th>
          <th scope="col">Expires</th>
          <th scope="col">Status</th>
          <th scope="col">
            <span className={classes.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
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
      </tbody>
    </table>
  </div>
)

const tones = { active: 'success', expired: 'warning', revoked: 'neutral' } as const
const words = { active: 'Active', expired: 'Expired', revoked: 'Revoked' } as const
