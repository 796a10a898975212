import { IconLock } from '@tabler/icons-react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import type { CredentialView } from '#lib/credentials/schema'
import classes from '../layout/table.module.css'
import own from './credentials.module.css'

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

type StateFacts = Pick<CredentialView, 'status' | 'expiry' | 'rotation'>

/** What needs somebody's attention, in as few words as possible; nothing where all is well. */
export const StateBadges = ({ credential }: { credential: StateFacts }) => {
  const badges = badgesOf(credential)
  if (badges.length === 0) return null
  return (
    <span className={own.badges}>
      {badges.map(({ tone, words }) => (
        <Badge key={words} tone={tone}>
          {words}
        </Badge>
      ))}
    </span>
  )
}

const badgesOf = ({ status, expiry, rotation }: StateFacts) =>
  [
    status === 'disabled' && ({ tone: 'neutral', words: 'Disabled' } as const),
    status === 'deleted' && ({ tone: 'neutral', words: 'Deleted' } as const),
    expiry === 'expired' && ({ tone: 'danger', words: 'Expired' } as const),
    expiry === 'expiring' && ({ tone: 'warning', words: 'Expires soon' } as const),
    rotation === 'overdue' && ({ tone: 'danger', words: 'Rotation overdue' } as const),
    rotation === 'due_soon' && ({ tone: 'warning', words: 'Rotation due' } as const),
  ].filter((badge) => badge !== false)
