'use client'
import { ActionIcon } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import classes from './queries.module.css'
import type { useTabs } from './use-tabs.tsx'

interface TabStripProps {
  tabs: ReturnType<typeof useTabs>
  onRename: (id: string, name: string) => void
  onClose: (id: string) => void
}

/** The open statements; a double click, or F2, renames one. */
export const TabStrip = ({ tabs, onRename, onClose }: TabStripProps) => {
  const [renamed, setRenamed] = useState<string>()
  const strip = useRef<HTMLElement>(null)
  const { id: current, name: currentName } = tabs.active
  // biome-ignore lint/correctness/useExhaustiveDependencies: a longer name may take it out of sight as well
  useEffect(() => {
    strip.current?.querySelector('[data-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [current, currentName])
  return (
    <nav ref={strip} className={classes.strip} aria-label="Open queries">
      <ul>
        {tabs.tabs.map(({ id, name }) => (
          <li key={id} className={classes.stripTab} data-current={id === current || undefined}>
            {renamed === id ? (
              <NameField
                name={name}
                onDone={(next) => {
                  setRenamed(undefined)
                  if (next) onRename(id, next)
                }}
              />
            ) : (
              <button
                type="button"
                className={classes.stripName}
                aria-current={id === current ? 'true' : undefined}
                title={`${name} · double-click or F2 to rename`}
                onClick={() => tabs.select(id)}
                onDoubleClick={() => setRenamed(id)}
                onKeyDown={(event) => event.key === 'F2' && setRenamed(id)}
              >
                {name}
              </button>
            )}
            <button
              type="button"
              className={classes.stripClose}
              aria-label={`Close ${name}`}
              onClick={() => onClose(id)}
            >
              <IconX size={12} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={26}
        aria-label="New query"
        title="New query"
        onClick={() => tabs.add()}
      >
        <IconPlus size={15} aria-hidden />
      </ActionIcon>
    </nav>
  )
}

const NameField = ({ name, onDone }: { name: string; onDone: (name: string | undefined) => void }) => (
  <input
    className={classes.stripField}
    aria-label="Name of the query"
    defaultValue={name}
    maxLength={128}
    // biome-ignore lint/a11y/noAutofocus: it was asked for with a double click or a key
    autoFocus
    onFocus={(event) => event.currentTarget.select()}
    onBlur={(event) => onDone(event.currentTarget.value.trim())}
    onKeyDown={(event) => {
      if (event.key === 'Enter') onDone(event.currentTarget.value.trim())
      if (event.key === 'Escape') onDone(undefined)
    }}
  />
)
