'use client'
import { ActionIcon, Menu } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { ExplorerSource } from './explorer-source.ts'
import { TableMenuItems } from './table-menu-items.tsx'
import type { RefreshScope } from './use-refresh.ts'

interface CopyMenuProps {
  relation: DiscoveredRelation
  source: ExplorerSource
  onRefresh: (scope: RefreshScope) => void
}

/** More to take along of one table, and reading it again: what is not a button beside it already. */
export const CopyMenu = ({ relation, source, onRefresh }: CopyMenuProps) => (
  <Menu position="bottom-end" width={200} transitionProps={{ duration: 80 }}>
    <Menu.Target>
      <ActionIcon variant="default" size={26} aria-label={`More of ${relation.name}`}>
        <IconDots size={15} aria-hidden />
      </ActionIcon>
    </Menu.Target>
    <Menu.Dropdown>
      <TableMenuItems
        names={['name', 'columns', 'ddl', 'refreshTable', 'refreshSchema', 'changes']}
        relation={relation}
        source={source}
        load={() => Promise.resolve(relation)}
        onRefresh={onRefresh}
      />
    </Menu.Dropdown>
  </Menu>
)
