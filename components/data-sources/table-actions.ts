import {
  IconBraces,
  IconCode,
  IconColumns3,
  IconCopy,
  IconHistory,
  IconRefresh,
  IconTerminal2,
  type TablerIcon,
} from '@tabler/icons-react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { changesLink } from './changes-link.ts'
import { ddlText } from './ddl.ts'
import { type ExplorerSource, editorLink } from './explorer-source.ts'
import { columnList, qualifiedName, quoted, selectStatement } from './sql-text.ts'
import type { RefreshScope } from './use-refresh.ts'

interface Named {
  label: string
  icon: TablerIcon
}

/** Something that can be taken along or done with a table; `text` of one with all its columns, where it needs them. */
export type TableAction = Named &
  (
    | { kind: 'copy'; needsColumns: boolean; text(relation: DiscoveredRelation, source: ExplorerSource): string }
    | { kind: 'open'; needsColumns: boolean; href(relation: DiscoveredRelation, source: ExplorerSource): string }
    | { kind: 'refresh'; scope(relation: Pick<DiscoveredRelation, 'schema' | 'name'>): RefreshScope }
  )

export type TableActionName = keyof typeof tableActions

/** Everything there is, once: the buttons of the detail and the menu of the tree choose from it. */
export const tableActions = {
  open: {
    ...{ label: 'Open in SQL editor', icon: IconTerminal2, kind: 'open', needsColumns: true },
    href: (relation, source) => editorLink(source, selectStatement(relation, source.writing.quote)),
  },
  name: {
    ...{ label: 'Copy name', icon: IconCopy, kind: 'copy', needsColumns: false },
    text: ({ name }, { writing }) => quoted(name, writing.quote),
  },
  qualified: {
    ...{ label: 'Copy qualified name', icon: IconCopy, kind: 'copy', needsColumns: false },
    text: (relation, { writing }) => qualifiedName(relation, writing.quote),
  },
  select: {
    ...{ label: 'Copy SELECT', icon: IconCode, kind: 'copy', needsColumns: true },
    text: (relation, { writing }) => selectStatement(relation, writing.quote),
  },
  columns: {
    ...{ label: 'Copy column list', icon: IconColumns3, kind: 'copy', needsColumns: true },
    text: (relation, { writing }) => columnList(relation, writing.quote),
  },
  ddl: {
    ...{ label: 'Copy DDL', icon: IconBraces, kind: 'copy', needsColumns: true },
    text: (relation, { writing }) => ddlText(relation, writing),
  },
  refreshTable: {
    ...{ label: 'Read this table again', icon: IconRefresh, kind: 'refresh' },
    scope: ({ schema, name }) => ({ schema, table: name }),
  },
  refreshSchema: {
    ...{ label: 'Read its schema again', icon: IconRefresh, kind: 'refresh' },
    scope: ({ schema }) => ({ schema }),
  },
  changes: {
    ...{ label: 'Show changes', icon: IconHistory, kind: 'open', needsColumns: false },
    href: ({ type, schema, name }, { id }) => changesLink(id, { type, schema, name }),
  },
} as const satisfies Record<string, TableAction>

/** The editor is for those who may run statements here. */
export const mayUse = (name: TableActionName, { queries }: ExplorerSource): boolean =>
  name !== 'open' || queries === 'allowed'
