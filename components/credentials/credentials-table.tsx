import Link from 'next/link'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { type Column, Table } from '#components/layout/table'
import { credentialKinds, credentialTypeLabels } from '#lib/credentials/kinds'
import type { CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import classes from '../layout/table.module.css'
import own from './credentials.module.css'
import { SecretState, StateBadges } from './state-badges.tsx'
import { TypeIcon } from './type-icon.tsx'

/** Every credential: what it is, where it may be sent, who depends on it. Never what it is. */
export const CredentialsTable = ({ credentials }: { credentials: readonly CredentialView[] }) => (
  <Table label="Credentials" columns={columns} className={own.table}>
    {credentials.map((credential) => (
      <CredentialRow key={credential.id} credential={credential} />
    ))}
  </Table>
)

const CredentialRow = ({ credential }: { credential: CredentialView }) => {
  const { id, name, type, kind, scope, environment, sealed_to, used_by_count } = credential
  return (
    <tr className={classes.row}>
      <td>
        <span className={classes.identity}>
          <TypeIcon type={type} />
          <span className={`${classes.names} ${own.names}`}>
            <Link href={`/workspace/credentials/${id}`} className={classes.name} prefetch={false} data-row-link={id}>
              {name}
            </Link>
            <span className={own.under}>{typeAndKind(type, kind)}</span>
          </span>
        </span>
      </td>
      <td>
        <span className={own.badges}>
          <StateBadges credential={credential} />
          {credential.deleted_at && <RelativeTime at={credential.deleted_at} className={classes.dim ?? ''} />}
          {isQuiet(credential) && <span className={classes.dim}>Active</span>}
          {scope === 'organization' && <Badge tone="accent">Organization</Badge>}
        </span>
      </td>
      <td data-from={54}>
        <EnvironmentBadge environment={environment} />
      </td>
      <td data-from={54} className={used_by_count === 0 ? classes.dim : classes.number}>
        {used_by_count === 0 ? 'Nothing' : plural(used_by_count, 'connection')}
      </td>
      <td data-from={54}>
        <SecretState credential={credential} />
      </td>
      <td data-from={64}>
        <span className={`${classes.mono} ${classes.clip}`} title={sealed_to ?? undefined}>
          {sealed_to ?? '—'}
        </span>
      </td>
    </tr>
  )
}

const isQuiet = ({ status, expiry, rotation }: CredentialView): boolean =>
  status === 'active' && (expiry === 'none' || expiry === 'valid') && (rotation === 'none' || rotation === 'fresh')

export const kindLabel = (kind: string): string =>
  Object.hasOwn(credentialKinds, kind) ? credentialKinds[kind as keyof typeof credentialKinds].label : kind

/** "Amazon Web Services · Access key". */
export const typeAndKind = (type: CredentialView['type'], kind: string): string => {
  const [family, form] = [credentialTypeLabels[type], kindLabel(kind)]
  return family === form ? family : `${family} · ${form}`
}

const columns: Column[] = [
  'Name',
  'State',
  { title: 'Environment', from: 54 },
  { title: 'Used by', from: 54 },
  { title: 'Secret', from: 54 },
  { title: 'Sealed to', from: 64 },
]
