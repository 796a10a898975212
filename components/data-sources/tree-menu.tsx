'use client'
import { Menu } from '@mantine/core'
import { IconCopy, IconRefresh } from '@tabler/icons-react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import type { WholeObject } from '#lib/data-sources/objects'
import classes from './explorer.module.css'
import type { ExplorerSource } from './explorer-source.ts'
import { ObjectMenuItems } from './object-menu-items.tsx'
import { quoted } from './sql-text.ts'
import { TableMenuItems } from './table-menu-items.tsx'
import { saidIfFailed, takeAlong } from './take-along.ts'
import { rowName, type TreeRow } from './tree-model.ts'
import type { RefreshScope } from './use-refresh.ts'

/** Where the menu of a row is open. */
export interface TreeMenuPlace {
  row: Exclude<TreeRow, { kind: 'note' | 'group' }>
  x: number
  y: number
}

interface TreeMenuProps {
  place: TreeMenuPlace
  source: ExplorerSource
  load: (key: string) => Promise<DiscoveredRelation>
  loadObject: (key: string) => Promise<WholeObject>
  onRefresh: (scope: RefreshScope) => void
  onClose: () => void
}

/** What can be done with a row: opened by right click, by the keys for menus, and by its ⋯. */
export const TreeMenu = ({ place: { row, x, y }, source, load, loadObject, onRefresh, onClose }: TreeMenuProps) => (
  <Menu opened onClose={onClose} position="bottom-start" offset={2} width={212} transitionProps={{ duration: 0 }}>
    <Menu.Target>
      <button type="button" tabIndex={-1} aria-hidden className={classes.anchor} style={{ left: x, top: y }} />
    </Menu.Target>
    <Menu.Dropdown aria-label={`Actions for ${rowName(row)}`}>
      {row.kind === 'relation' ? (
        <TableMenuItems
          names={['open', 'name', 'qualified', 'select', 'columns', 'ddl', 'refreshTable', 'refreshSchema', 'changes']}
          relation={row.relation}
          source={source}
          load={() => load(row.key)}
          onRefresh={onRefresh}
        />
      ) : row.kind === 'object' ? (
        <ObjectMenuItems object={row.object} source={source} load={() => loadObject(row.key)} />
      ) : (
        <CopyName name={rowName(row)} source={source} />
      )}
      {row.kind === 'schema' && (
        <Menu.Item
          leftSection={<IconRefresh size={16} stroke={1.6} aria-hidden />}
          onClick={() => onRefresh({ schema: row.schema.name })}
        >
          Read this schema again
        </Menu.Item>
      )}
    </Menu.Dropdown>
  </Menu>
)

const CopyName = ({ name, source }: { name: string } & Pick<TreeMenuProps, 'source'>) => {
  const copy = () => saidIfFailed(takeAlong(quoted(name, source.writing.quote), 'name'))
  return (
    <Menu.Item leftSection={<IconCopy size={16} stroke={1.6} aria-hidden />} onClick={copy}>
      Copy name
    </Menu.Item>
  )
}
