'use client'
import { useWindowEvent } from '@mantine/hooks'
import type { ConnectionView } from '#lib/connections/schema'
import { searchFieldId } from './list-toolbar.tsx'

interface ListKeys {
  rows: readonly ConnectionView[]
  onTest(connection: ConnectionView): void
  onEdit(connection: ConnectionView): void
}

/** j and k move between rows, t tests, e edits, / searches; Enter follows the row's link by itself. */
export const useListKeys = ({ rows, onTest, onEdit }: ListKeys): void => {
  useWindowEvent('keydown', (event) => {
    if (event.metaKey || event.ctrlKey || event.altKey || isBusyElsewhere(event.target)) return
    const id = focusedRow()
    const connection = rows.find((row) => row.id === id)
    const handlers: Record<string, (() => void) | undefined> = {
      j: () => focusRow(rows, id, 1),
      k: () => focusRow(rows, id, -1),
      '/': () => document.getElementById(searchFieldId)?.focus(),
      t: connection && (() => onTest(connection)),
      e: connection && (() => onEdit(connection)),
    }
    const handler = handlers[event.key]
    if (!handler) return
    event.preventDefault()
    handler()
  })
}

const isBusyElsewhere = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input, textarea, select, [contenteditable], [role=menu], [role=dialog]') !== null

const rowLinks = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row-link]')]

const focusedRow = (): string | undefined =>
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-row-link]')?.dataset.rowLink

const focusRow = (rows: readonly ConnectionView[], from: string | undefined, step: 1 | -1): void => {
  const at = rows.findIndex((row) => row.id === from)
  const next = at === -1 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step))
  const link = rowLinks().find((element) => element.dataset.rowLink === rows[next]?.id)
  link?.focus()
  link?.scrollIntoView({ block: 'nearest' })
}
