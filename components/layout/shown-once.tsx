'use client'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import classes from './shown-once.module.css'

/** A value to copy now: a key or a link that is not kept anywhere. */
export const ShownOnce = ({ value, testId }: { value: string; testId: string }) => {
  const { copied, copy } = useClipboard({ timeout: 4_000 })
  const Icon = copied ? IconCheck : IconCopy
  return (
    <div className={classes.once}>
      <code data-testid={testId}>{value}</code>
      <Button variant="default" onClick={() => copy(value)} leftSection={<Icon size={16} aria-hidden />} data-autofocus>
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
