'use client'
import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import type { TestFix } from '#lib/connectors/contract'
import classes from './test-board.module.css'

/** What to do about it; one click to copy. `of` tells the buttons of several apart. */
export const Fix = ({ fix: { kind, text }, of }: { fix: TestFix; of?: string }) => {
  const { copied, copy } = useClipboard({ timeout: 2_000 })
  const isCode = kind !== 'text'
  return (
    <div className={classes.fix} data-code={isCode || undefined}>
      {isCode ? <pre>{text}</pre> : <p>{text}</p>}
      <Button
        variant="default"
        size="compact-xs"
        leftSection={copied ? <IconCheck size={13} aria-hidden /> : <IconCopy size={13} aria-hidden />}
        onClick={() => copy(text)}
        {...(of !== undefined && { 'aria-label': `${copied ? 'Copied' : 'Copy'} ${of}` })}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
