'use client'
import { Menu } from '@mantine/core'
import {
  IconCopy,
  IconDatabaseSearch,
  IconPencil,
  IconPlugConnected,
  IconRestore,
  IconTrash,
} from '@tabler/icons-react'
import Link from 'next/link'
import { Keys } from '#components/layout/keys'
import { liftedBy } from '#lib/auth/grant-levels'
import type { Permission } from '#lib/auth/permissions'
import type { ConnectionView } from '#lib/connections/schema'
import { type Inside, insideWords } from '../../data-sources/inside.ts'
import classes from './list.module.css'

export type RowAction = 'test' | 'duplicate' | 'delete' | 'restore' | 'purge'

/** Where a menu is open, and for which row. */
export interface MenuPlace {
  connection: ConnectionView
  x: number
  y: number
}

interface RowMenuProps {
  place: MenuPlace | undefined
  permissions: readonly Permission[]
  inside: Inside | undefined
  onAction(action: RowAction, connection: ConnectionView): void
  onClose(): void
}

const iconProps = { size: 16, stroke: 1.6, 'aria-hidden': true } as const

/** The one menu of the list: ⋯ and right click open it at their row. */
export const RowMenu = ({ place, permissions, inside, onAction, onClose }: RowMenuProps) => {
  const connection = place?.connection
  const granted = liftedBy('connection', connection?.granted ?? null)
  const may = (permission: Permission) => permissions.includes(permission) || granted.includes(permission)
  const pick = (action: RowAction) => () => connection && onAction(action, connection)
  return (
    <Menu
      opened={place !== undefined}
      onClose={onClose}
      position="bottom-start"
      offset={2}
      width={212}
      transitionProps={{ duration: 80 }}
    >
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          aria-hidden
          className={classes.anchor}
          style={{ left: place?.x ?? 0, top: place?.y ?? 0 }}
        />
      </Menu.Target>
      <Menu.Dropdown aria-label={connection && `Actions for ${connection.name}`}>
        {connection?.deleted_at != null ? (
          <>
            {may('connections:delete') && (
              <Menu.Item leftSection={<IconRestore {...iconProps} />} onClick={pick('restore')}>
                Restore
              </Menu.Item>
            )}
            {may('connections:purge') && (
              <Menu.Item data-danger leftSection={<IconTrash {...iconProps} />} onClick={pick('purge')}>
                Delete permanently
              </Menu.Item>
            )}
          </>
        ) : (
          <>
            {may('connections:test') && (
              <Menu.Item
                leftSection={<IconPlugConnected {...iconProps} />}
                rightSection={<Keys keys={['T']} />}
                onClick={pick('test')}
              >
                Test Connection
              </Menu.Item>
            )}
            {inside && connection?.role === 'source' && may('data-sources:read') && (
              <Menu.Item
                component={Link}
                href={`/workspace/data-sources/${connection.id}`}
                leftSection={<IconDatabaseSearch {...iconProps} />}
              >
                {insideWords[inside].open}
              </Menu.Item>
            )}
            <Menu.Item
              component={Link}
              href={`/workspace/connections/${connection?.id}/edit`}
              leftSection={<IconPencil {...iconProps} />}
              rightSection={<Keys keys={['E']} />}
            >
              Edit
            </Menu.Item>
            {may('connections:write') && (
              <Menu.Item leftSection={<IconCopy {...iconProps} />} onClick={pick('duplicate')}>
                Duplicate
              </Menu.Item>
            )}
            {may('connections:delete') && (
              <>
                <Menu.Divider />
                <Menu.Item data-danger leftSection={<IconTrash {...iconProps} />} onClick={pick('delete')}>
                  Delete
                </Menu.Item>
              </>
            )}
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
