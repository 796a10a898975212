'use client'
import { ActionIcon, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCode, IconColumns3, IconDots } from '@tabler/icons-react'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { ddlText } from './ddl.ts'
import { columnList } from './sql-text.ts'

/** More to take along of one table. */
export const CopyMenu = ({ relation, writing }: { relation: DiscoveredRelation; writing: SqlWriting }) => {
  const { copy } = useClipboard()
  return (
    <Menu position="bottom-end" width={190} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <ActionIcon variant="default" size={26} aria-label={`More of ${relation.name}`}>
          <IconDots size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconColumns3 size={16} stroke={1.6} aria-hidden />}
          onClick={() => copy(columnList(relation, writing.quote))}
        >
          Copy column list
        </Menu.Item>
        <Menu.Item
          leftSection={<IconCode size={16} stroke={1.6} aria-hidden />}
          onClick={() => copy(ddlText(relation, writing))}
        >
          Copy DDL
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
