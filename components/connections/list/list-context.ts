'use client'
import { createContext, useContext } from 'react'
import type { ListQuery } from './list-query.ts'
import type { MenuPlace } from './row-menu.tsx'
import type { RowTest } from './status-cell.tsx'

/** What the list needs to know of a connector type. */
export interface ConnectorFacts {
  name: string
  canDiscover: boolean
}

interface ListContextValue {
  query: ListQuery
  tests: ReadonlyMap<string, RowTest>
  connectors: Readonly<Record<string, ConnectorFacts>>
  /** The row whose menu is open. */
  openRow: string | undefined
  openMenu(place: MenuPlace): void
}

/** What cells show beyond their row; the columns themselves never change. */
export const ListContext = createContext<ListContextValue>({
  query: {},
  tests: new Map(),
  connectors: {},
  openRow: undefined,
  openMenu: () => undefined,
})

export const useListContext = () => useContext(ListContext)
