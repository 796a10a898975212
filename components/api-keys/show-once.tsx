'use client'
import { Button } from '@mantine/core'
import { ShownOnce } from '#components/layout/shown-once'
import form from '../layout/form.module.css'
import classes from './api-keys.module.css'

/** The one time a key can be read. */
export const ShowOnce = ({ secret, onClose }: { secret: string; onClose(): void }) => (
  <div className={form.body}>
    <p className={form.note}>Keep it where the script keeps its secrets. It cannot be shown again.</p>
    <ShownOnce value={secret} testId="api-key" />
    <pre
      className={classes.example}
    >{`curl -H "Authorization: Bearer $KEY" ${window.location.origin}/api/connections`}</pre>
    <div className={form.actions}>
      <Button onClick={onClose}>I have stored it</Button>
    </div>
  </div>
)
