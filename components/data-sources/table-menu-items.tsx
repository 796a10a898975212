'use client'
import { Menu } from '@mantine/core'
import { useRouter } from 'next/navigation'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { ExplorerSource } from './explorer-source.ts'
import { mayUse, type TableAction, type TableActionName, tableActions } from './table-actions.ts'
import { saidIfFailed, takeAlong } from './take-along.ts'
import type { RefreshScope } from './use-refresh.ts'

interface TableMenuItemsProps {
  names: readonly TableActionName[]
  relation: DiscoveredRelation
  source: ExplorerSource
  /** The table with its columns, which the tree does not know. */
  load: () => Promise<DiscoveredRelation>
  onRefresh: (scope: RefreshScope) => void
}

/** Items of a menu about one table. */
export const TableMenuItems = ({ names, relation, source, load, onRefresh }: TableMenuItemsProps) => {
  const router = useRouter()
  const run = async (action: TableAction) => {
    if (action.kind === 'refresh') return onRefresh(action.scope(relation))
    const whole = action.needsColumns ? await load() : relation
    if (action.kind === 'open') return router.push(action.href(whole, source))
    await takeAlong(action.text(whole, source), action.label)
  }
  const pick = (action: TableAction) => () => saidIfFailed(run(action))
  return names
    .filter((name) => mayUse(name, source))
    .map((name) => {
      const action: TableAction = tableActions[name]
      const { label, icon: Icon } = action
      return (
        <Menu.Item key={name} leftSection={<Icon size={16} stroke={1.6} aria-hidden />} onClick={pick(action)}>
          {label}
        </Menu.Item>
      )
    })
}
