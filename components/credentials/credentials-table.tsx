import { IconLock } from '@tabler/icons-react'
import Link from 'next/link'
import { Badge, EnvironmentBadge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { credentialKinds } from '#lib/credentials/kinds'
import type { CredentialView } from '#lib/credentials/schema'
import { plural } from '#lib/format/number'
import classes from '../layout/table.module.css'

/** Every credential: what it is, where it may be sent, who depends on it. Never what it is. */
export const CredentialsTable = ({ credentials }: { credentials: readonly CredentialView[] }) => (
  <div className={classes.scroll}>
    <table className={`${classes.table} ${classes.oneLine}`} aria-label="Credentials">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Type</th>
          <th scope="col">Environment</th>
          <th scope="col">Sealed to</th>
          <th scope="col">Used by</th>
          <th scope="col">Secret</th>
        </tr>
      </thead>
      <tbody>
        {credentials.map((credential) => (
          <tr key={credential.id} className={classes.row}>
            <td>
              <Link href={`/workspace/credentials/${credential.id}`} className={classes.name} prefetch={false}>
                {credential.name}
              </Link>
            </td>
            <td className={classes.dim}>{kindLabel(credential.kind)}</td>
            <td>
              <EnvironmentBadge environment={credential.environment} />
            </td>
            <td className={classes.mono}>{credential.sealed_to ?? '—'}</td>
            <td className={credential.used_by_count === 0 ? classes.dim : classes.number}>
              {credential.used_by_count === 0 ? 'Nothing' : plural(credential.used_by_count, 'connection')}
            </td>
            <td>
              <SecretState credential={credential} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

export const kindLabel = (kind: string): string =>
  Object.hasOwn(credentialKinds, kind) ? credentialKinds[kind as keyof typeof credentialKinds].label : kind

/** Set since when, or why it cannot be used. */
export const SecretState = ({ credential: { secret } }: { credential: Pick<CredentialView, 'secret'> }) => {
  if (secret.locked) {
    return (
      <Badge tone="warning">
        <IconLock size={13} stroke={1.8} aria-hidden />
        Locked
      </Badge>
    )
  }
  if (!secret.set) return <span className={classes.dim}>Not set</span>
  return (
    <span className={classes.dim}>
      Set · <RelativeTime at={secret.updated_at} />
    </span>
  )
}
