'use client'
import { useWindowEvent } from '@mantine/hooks'
import type { ConnectionView } from '#lib/connections/schema'
import { focusedRow, isMeantElsewhere, moveToRow } from '../../layout/row-focus.ts'
import { searchFieldId } from './list-toolbar.tsx'

interface ListKeys {
  rows: readonly ConnectionView[]
  onTest(connection: ConnectionView): void
  onEdit(connection: ConnectionView): void
}

/** j and k move between rows, t tests, e edits, / searches; Enter follows the row's link by itself. */
export const useListKeys = ({ rows, onTest, onEdit }: ListKeys): void => {
  useWindowEvent('keydown', (event) => {
    if (isMeantElsewhere(event)) return
    const id = focusedRow()
    const connection = rows.find((row) => row.id === id)
    const handlers: Record<string, (() => void) | undefined> = {
      j: () => moveToRow(1),
      k: () => moveToRow(-1),
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
