'use client'
import { Modal } from '@mantine/core'
import { Keys } from './keys.tsx'
import classes from './shortcuts-help.module.css'
import { useFocusBack } from './use-focus-back.ts'

const shortcuts = [
  { keys: ['⌘', 'K'], does: 'Find a connection, a page or an action' },
  { keys: ['?'], does: 'Show this list' },
  { keys: ['J', '↓'], does: 'Next connection' },
  { keys: ['K', '↑'], does: 'Previous connection' },
  { keys: ['↵'], does: 'Open the connection' },
  { keys: ['T'], does: 'Test the connection' },
  { keys: ['E'], does: 'Edit the connection' },
  { keys: ['X'], does: 'Select the connection' },
  { keys: ['⇧', 'X'], does: 'Select up to the connection' },
  { keys: ['/'], does: 'Search the list' },
  { keys: ['Esc'], does: 'Clear the search or the selection' },
] as const

export const ShortcutsHelp = ({ onClose }: { onClose(): void }) => {
  useFocusBack()
  return (
    <Modal opened onClose={onClose} title="Keyboard shortcuts" centered size="sm">
      <dl className={classes.list}>
        {shortcuts.map(({ keys, does }) => (
          <div key={does}>
            <dt>{does}</dt>
            <dd>
              <Keys keys={keys} />
              <span className={classes.spoken}>{keys.join(' ')}</span>
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
