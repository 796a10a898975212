'use client'
import { createContext, useContext } from 'react'
import type { Inside } from '../../data-sources/inside.ts'
import type { ListQuery } from './list-query.ts'
import type { MenuPlace } from './row-menu.tsx'
import type { RowTest } from './status-cell.tsx'
import { defaultSettings, type ViewSettings } from './view-settings.ts'

/** What the list needs to know of a connector type. */
export interface ConnectorFacts {
  name: string
  inside: Inside | undefined
}

interface ListContextValue {
  query: ListQuery
  settings: ViewSettings
  /** What is marked in the rows: it may still be being typed. */
  searched: string | undefined
  tests: ReadonlyMap<string, RowTest>
  connectors: Readonly<Record<string, ConnectorFacts>>
  selected: ReadonlySet<string>
  allSelected: 'none' | 'some' | 'all'
  select(id: string, isRange: boolean): void
  selectAll(): void
  /** The row whose menu is open. */
  openRow: string | undefined
  openMenu(place: MenuPlace): void
}

/** What cells show beyond their row; the columns themselves never change. */
export const ListContext = createContext<ListContextValue>({
  query: {},
  settings: defaultSettings,
  searched: undefined,
  tests: new Map(),
  connectors: {},
  selected: new Set(),
  allSelected: 'none',
  select: () => undefined,
  selectAll: () => undefined,
  openRow: undefined,
  openMenu: () => undefined,
})

export const useListContext = () => useContext(ListContext)
