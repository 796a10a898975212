'use client'
import { Combobox, Modal, useCombobox, useMantineColorScheme } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import type { Permission } from '#lib/auth/permissions'
import { callApi, withQuery } from '#lib/client/api'
import type { ConnectionView } from '#lib/connections/schema'
import classes from './command-palette.module.css'
import { type Command, commandsFor } from './commands.tsx'
import { leave } from './leaving.ts'

interface CommandPaletteProps {
  opened: boolean
  onClose(): void
  permissions: readonly Permission[]
}

/** ⌘K: pages, actions, and connections found by the server as one types. */
export const CommandPalette = ({ opened, onClose, permissions }: CommandPaletteProps) => {
  const router = useRouter()
  const { setColorScheme } = useMantineColorScheme()
  const combobox = useCombobox({ opened: true, onOpenedChange: (stays) => stays || onClose() })
  const [query, setQuery] = useState('')
  const [connections, setConnections] = useState<ConnectionView[]>([])
  const navigate = (href: string) => leave(() => router.push(href))
  const groups = commandsFor({ query, connections, permissions, navigate, setColorScheme })
  const commands = groups.flatMap((group) => group.commands)

  const find = useDebouncedCallback(async (q: string) => {
    if (!permissions.includes('connections:read')) return
    const found = await searchConnections(q)
    flushSync(() => setConnections(found))
    combobox.selectFirstOption()
  }, 120)
  const change = (text: string) => {
    flushSync(() => setQuery(text))
    combobox.selectFirstOption()
    find(text)
  }
  const run = (id: string) => {
    onClose()
    commands.find((command) => command.id === id)?.run()
  }

  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      size={600}
      classNames={{ inner: classes.inner ?? '' }}
      transitionProps={{ transition: 'fade-down', duration: 120, onExited: () => setQuery('') }}
    >
      <Modal.Overlay backgroundOpacity={0.3} radius={0} />
      <Modal.Content aria-label="Find or do" className={classes.content}>
        <Combobox store={combobox} onOptionSubmit={run} classNames={{ option: classes.option ?? '' }}>
          <div className={classes.search}>
            <IconSearch size={17} stroke={1.7} aria-hidden />
            <Combobox.EventsTarget withExpandedAttribute>
              <input
                // biome-ignore lint/a11y/useAriaPropsForRole: the target around it adds what the role asks for
                role="combobox"
                data-autofocus
                className={classes.input}
                placeholder="Find a connection, a page or an action"
                aria-label="Find a connection, a page or an action"
                value={query}
                onFocus={() => find(query)}
                onChange={(event) => change(event.currentTarget.value)}
              />
            </Combobox.EventsTarget>
          </div>
          <Combobox.Options className={classes.list} aria-label="Results">
            {groups.map((group) => (
              <Combobox.Group key={group.label} label={group.label} classNames={{ groupLabel: classes.label ?? '' }}>
                {group.commands.map(optionOf)}
              </Combobox.Group>
            ))}
            {commands.length === 0 && <Combobox.Empty>Nothing matches “{query}”.</Combobox.Empty>}
          </Combobox.Options>
        </Combobox>
      </Modal.Content>
    </Modal.Root>
  )
}

const optionOf = ({ id, icon, label, hint }: Command) => (
  <Combobox.Option key={id} value={id}>
    <span className={classes.icon}>{icon}</span>
    <span className={classes.text}>{label}</span>
    {hint && <span className={classes.hint}>{hint}</span>}
  </Combobox.Option>
)

const searchConnections = async (q: string): Promise<ConnectionView[]> => {
  const query = { q: q.trim(), limit: 6, sort: q.trim() ? 'name' : '-updated_at' }
  const answer = await callApi<ConnectionView[]>(withQuery('/api/connections', query)).catch(() => undefined)
  return answer?.data ?? []
}
