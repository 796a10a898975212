import { Button } from '@mantine/core'
import { IconShieldLock } from '@tabler/icons-react'
import classes from './connection-form.module.css'

interface SealedNoticeProps {
  from: string
  to: string
  isAllowed: boolean
  /** Undefined for those who may not. */
  onAllow: (() => void) | undefined
}

/** The kept secret would go somewhere else than it was entered for: why it does not, and what can be done. */
export const SealedNotice = ({ from, to, isAllowed, onAllow }: SealedNoticeProps) => (
  <div className={classes.notice} data-tone="warning" role="status">
    <IconShieldLock size={16} aria-hidden />
    <div>
      <p>
        The stored secret is sealed to <b>{from}</b>, so that nobody can have it sent elsewhere by editing an address.{' '}
        {isAllowed ? 'When you save, it may be sent to ' : 'Type it again to use it for '}
        <b>{to}</b>
        {isAllowed ? ' instead; that is recorded.' : '.'}
      </p>
      {onAllow && !isAllowed && (
        <div className={classes.noticeActions}>
          <Button size="xs" variant="default" onClick={onAllow}>
            Allow the stored one there
          </Button>
        </div>
      )}
    </div>
  </div>
)
