'use client'
import { Menu } from '@mantine/core'
import {
  IconDownload,
  IconPlugConnected,
  IconRestore,
  IconServer2,
  IconTag,
  IconTrash,
  IconX,
} from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { withQuery } from '#lib/client/api'
import { downloadApi } from '#lib/client/download'
import type { ConnectionView } from '#lib/connections/schema'
import { environmentLabels, environments } from '#lib/format/environment'
import { formatNumber } from '#lib/format/number'
import { attempt } from './attempt.ts'
import classes from './bulk-bar.module.css'
import { BulkProgress } from './bulk-progress.tsx'
import { type ListChanges, useBulkActions } from './use-bulk-actions.tsx'

const TagDialog = dynamic(() => import('./bulk-tag-dialog.tsx').then((module) => module.BulkTagDialog), { ssr: false })
const DeleteDialog = dynamic(() => import('./bulk-delete-dialog.tsx').then((module) => module.BulkDeleteDialog), {
  ssr: false,
})

interface BulkBarProps {
  chosen: readonly ConnectionView[]
  isBin: boolean
  changes: ListChanges
}

const iconProps = { size: 15, stroke: 1.7, 'aria-hidden': true } as const

/** What may be done with the chosen connections; it stays while something is done with them. */
export const BulkBar = ({ chosen, isBin, changes }: BulkBarProps) => {
  const permissions = usePermissions()
  const [dialog, setDialog] = useState<'tags' | 'delete'>()
  const { job, cancel, close, testAll, retag, move, removeAll, restoreAll } = useBulkActions(chosen, changes)
  if (chosen.length === 0 && job === undefined) return null
  return (
    <section className={classes.bar} aria-label="Selected connections">
      {job ? (
        <BulkProgress job={job} onCancel={cancel} onClose={close} onChoose={changes.choose} />
      ) : (
        <>
          <strong className={classes.count}>{formatNumber(chosen.length)} selected</strong>
          {isBin ? (
            permissions.includes('connections:delete') && (
              <Action icon={<IconRestore {...iconProps} />} onClick={restoreAll}>
                Restore
              </Action>
            )
          ) : (
            <>
              {permissions.includes('connections:test') && (
                <Action icon={<IconPlugConnected {...iconProps} />} onClick={testAll}>
                  Test
                </Action>
              )}
              {permissions.includes('connections:write') && (
                <>
                  <Action icon={<IconTag {...iconProps} />} onClick={() => setDialog('tags')}>
                    Tags
                  </Action>
                  <Menu position="top" offset={8} width={180}>
                    <Menu.Target>
                      <button type="button" className={classes.action}>
                        <IconServer2 {...iconProps} />
                        Environment
                      </button>
                    </Menu.Target>
                    <Menu.Dropdown>
                      {environments.toReversed().map((environment) => (
                        <Menu.Item key={environment} onClick={() => move(environment)}>
                          {environmentLabels[environment]}
                        </Menu.Item>
                      ))}
                      <Menu.Item onClick={() => move(null)}>None</Menu.Item>
                    </Menu.Dropdown>
                  </Menu>
                </>
              )}
              {chosen.length <= exportedMost && (
                <Action icon={<IconDownload {...iconProps} />} onClick={() => void attempt(() => exportThese(chosen))}>
                  Export
                </Action>
              )}
              {permissions.includes('connections:delete') && (
                <Action icon={<IconTrash {...iconProps} />} onClick={() => setDialog('delete')}>
                  Delete
                </Action>
              )}
            </>
          )}
          <button type="button" className={classes.close} aria-label="Clear the selection" onClick={changes.clear}>
            <IconX {...iconProps} />
          </button>
        </>
      )}
      {dialog === 'tags' && <TagDialog chosen={chosen} onClose={() => setDialog(undefined)} onRetag={retag} />}
      {dialog === 'delete' && (
        <DeleteDialog chosen={chosen} onClose={() => setDialog(undefined)} onDelete={removeAll} />
      )}
    </section>
  )
}

// As many as an address can name.
const exportedMost = 200

/** Without their secrets, as a file that an import reads. */
const exportThese = (chosen: readonly ConnectionView[]) =>
  downloadApi(withQuery('/api/connections/export', { only: chosen.map(({ id }) => id).join(',') }), 'connections.yaml')

interface ActionProps {
  icon: React.ReactNode
  onClick(): void
  children: string
}

const Action = ({ icon, onClick, children }: ActionProps) => (
  <button type="button" className={classes.action} onClick={onClick}>
    {icon}
    {children}
  </button>
)
