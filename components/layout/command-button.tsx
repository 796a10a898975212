'use client'
import { useHotkeys } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { Permission } from '#lib/auth/permissions'
import { Keys } from './keys.tsx'
import classes from './shell.module.css'

const CommandPalette = dynamic(() => import('./command-palette.tsx').then((module) => module.CommandPalette), {
  ssr: false,
})

/** Opens the palette by click or ⌘K; its code is fetched on first use. */
export const CommandButton = ({ permissions }: { permissions: readonly Permission[] }) => {
  const [opened, setOpened] = useState<boolean>()
  useHotkeys([['mod+K', () => setOpened((now) => !now)]], [])
  return (
    <>
      <button type="button" className={classes.search} onClick={() => setOpened(true)} aria-keyshortcuts="Meta+K">
        <IconSearch size={15} stroke={1.8} aria-hidden />
        <span className={classes.searchText}>Find or do…</span>
        <Keys keys={['⌘', 'K']} />
      </button>
      {opened !== undefined && (
        <CommandPalette opened={opened} onClose={() => setOpened(false)} permissions={permissions} />
      )}
    </>
  )
}
