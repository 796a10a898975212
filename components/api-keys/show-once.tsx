'use client'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import form from '../layout/form.module.css'
import classes from './api-keys.module.css'

/** The one time a key can be read. */
export const ShowOnce = ({ secret, onClose }: { secret: string; onClose(): void }) => {
  const clipboard = useClipboard({ timeout: 4_000 })
  return (
    <div className={classes.form}>
      <p className={form.note}>Keep it where the script keeps its secrets. It cannot be shown again.</p>
      <div className={classes.secret}>
        <code data-testid="api-key">{secret}</code>
        <Button
          variant="default"
          onClick={() => clipboard.copy(secret)}
          leftSection={clipboard.copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <pre
        className={classes.example}
      >{`curl -H "Authorization: Bearer $KEY" ${window.location.origin}/api/connections`}</pre>
      <div className={form.actions}>
        <Button onClick={onClose}>I have stored it</Button>
      </div>
    </div>
  )
}
