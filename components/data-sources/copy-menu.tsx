'use client'
import { ActionIcon, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCode, IconColumns3, IconDots, IconRefresh } from '@tabler/icons-react'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { ddlText } from './ddl.ts'
import { columnList } from './sql-text.ts'
import type { RefreshScope } from './use-refresh.ts'

interface CopyMenuProps {
  relation: DiscoveredRelation
  writing: SqlWriting
  onRefresh: (scope: RefreshScope) => void
}

/** More to take along of one table, and reading it again. */
export const CopyMenu = ({ relation, writing, onRefresh }: CopyMenuProps) => {
  const { copy } = useClipboard()
  const { schema } = relation
  return (
    <Menu position="bottom-end" width={190} transitionProps={{ duration: 80 }}>
      <Menu.Target>
        <ActionIcon variant="default" size={26} aria-label={`More of ${relation.name}`}>
          <IconDots size={15} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={icon(IconColumns3)} onClick={() => copy(columnList(relation, writing.quote))}>
          Copy column list
        </Menu.Item>
        <Menu.Item leftSection={icon(IconCode)} onClick={() => copy(ddlText(relation, writing))}>
          Copy DDL
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={icon(IconRefresh)} onClick={() => onRefresh({ schema, table: relation.name })}>
          Read this table again
        </Menu.Item>
        <Menu.Item leftSection={icon(IconRefresh)} onClick={() => onRefresh({ schema })}>
          Read its schema again
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const icon = (Icon: typeof IconCode) => <Icon size={16} stroke={1.6} aria-hidden />
