'use client'
import { useHotkeys, useWindowEvent } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import type { Permission } from '#lib/auth/permissions'
import { closeSidebar } from './close-sidebar.ts'
import { Keys } from './keys.tsx'
import classes from './shell.module.css'

const CommandPalette = dynamic(() => import('./command-palette.tsx').then((module) => module.CommandPalette), {
  ssr: false,
})

const ShortcutsHelp = dynamic(() => import('./shortcuts-help.tsx').then((module) => module.ShortcutsHelp), {
  ssr: false,
})

/** Opens the palette by click or ⌘K; its code is fetched on first use. */
export const CommandButton = ({ permissions }: { permissions: readonly Permission[] }) => {
  const [opened, setOpened] = useState<boolean>()
  const [isHelping, setHelping] = useState(false)
  useWindowEvent('keydown', (event) => {
    if (event.key === '?' && !isTyping(event.target)) setHelping(true)
  })
  useHotkeys([['mod+K', () => setOpened((now) => !now)]], [])
  const open = () => {
    closeSidebar()
    setOpened(true)
  }
  return (
    <>
      <button type="button" className={classes.search} onClick={open} aria-keyshortcuts="Meta+K">
        <IconSearch size={15} stroke={1.8} aria-hidden />
        <span className={classes.searchText}>Find or do…</span>
        <Keys keys={['⌘', 'K']} />
      </button>
      {opened !== undefined && (
        <CommandPalette opened={opened} onClose={() => setOpened(false)} permissions={permissions} />
      )}
      {isHelping && <ShortcutsHelp onClose={() => setHelping(false)} />}
    </>
  )
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
