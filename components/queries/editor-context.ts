'use client'
import { createContext, useContext } from 'react'
import type { EditorTab } from '#lib/data-sources/tabs'

/** What the panes beside the editor may do with it. */
export interface EditorActions {
  /** Puts a text where the cursor is. */
  insert(text: string): void
  /** Opens a statement in a tab, and runs it at once where asked. */
  open(tab: Partial<EditorTab> & { sql: string }, run?: 'run'): void
  /** Saved queries are read again when this changes. */
  savedAt: number
  /** So is the history when this does. */
  ended: number
}

export const EditorContext = createContext<EditorActions>({ insert: () => {}, open: () => {}, savedAt: 0, ended: 0 })

export const useEditorActions = (): EditorActions => useContext(EditorContext)
