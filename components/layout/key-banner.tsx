import { IconAlertTriangle } from '@tabler/icons-react'
import Link from 'next/link'
import { plural } from '#lib/format/number'
import type { WorkspaceView } from '#lib/workspaces/schema'
import classes from './key-banner.module.css'

/** Over every page, while stored secrets cannot be opened. */
export const KeyBanner = ({ keys }: { keys: WorkspaceView['keys'] }) => {
  const locked = keys.locked_credentials.length
  if (keys.problem === null && locked === 0) return null
  return (
    <div role="status" className={classes.banner}>
      <IconAlertTriangle size={17} stroke={1.8} aria-hidden />
      <p>
        {keys.problem
          ? firstSentence(keys.problem)
          : `The key of ${plural(locked, 'stored credential')} is not on this installation.`}{' '}
        {locked > 0 && 'What depends on it cannot be tested or read until the key is back. '}
        <Link href="/workspace/settings">See the keys</Link>
      </p>
    </div>
  )
}

// The whole of it, with what to do, stands in the settings: every page has room for one line.
const firstSentence = (text: string): string => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text
