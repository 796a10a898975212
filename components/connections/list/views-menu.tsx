'use client'
import { Menu } from '@mantine/core'
import { IconBookmark, IconCheck } from '@tabler/icons-react'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { usePermissions } from '#components/layout/permissions'
import type { SavedView } from '#lib/connection-views/schema'
import toolbar from '../../layout/toolbar.module.css'
import { attempt } from './attempt.ts'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'
import { changeView, deleteView, isChanged, queryText, viewHref } from './saved-views.ts'

const ViewDialog = dynamic(() => import('./view-dialog.tsx').then((module) => module.ViewDialog), { ssr: false })

interface ViewsMenuProps {
  views: readonly SavedView[]
  go(href: string): void
}

/** The saved views: open one, keep what the list shows now, or look after the one that is open. */
export const ViewsMenu = ({ views, go }: ViewsMenuProps) => {
  const router = useRouter()
  const permissions = usePermissions()
  const { query, settings } = useListContext()
  const [dialog, setDialog] = useState<'create' | 'rename'>()
  const open = views.find(({ id }) => id === query.view)
  const isOther = open !== undefined && isChanged(open, query, settings)
  const now = { query: queryText(query), columns: [...settings.columns], density: settings.density }
  const change = (fields: Parameters<typeof changeView>[1]) => () =>
    open &&
    attempt(async () => {
      await changeView(open, fields)
      router.refresh()
    })
  const remove = () =>
    open &&
    attempt(async () => {
      await deleteView(open)
      go(queryText(query) ? `/workspace/connections?${queryText(query)}` : '/workspace/connections')
    })
  const mayWrite = permissions.includes('connection-views:write')
  const mayShare = permissions.includes('connections:write')
  const mayChange = open && mayWrite && (open.mine || permissions.includes('workspace:write'))
  if (views.length === 0 && !mayWrite) return null
  return (
    <>
      <Menu position="bottom-end" offset={4} width={230}>
        <Menu.Target>
          <button type="button" className={toolbar.filter} data-set>
            <IconBookmark size={15} stroke={1.7} aria-hidden />
            {open ? <strong className={classes.viewName}>{open.name}</strong> : 'Views'}
            {isOther && ' · changed'}
          </button>
        </Menu.Target>
        <Menu.Dropdown className={toolbar.filterList ?? ''}>
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              onClick={() => go(viewHref(view))}
              rightSection={
                view.id === open?.id ? (
                  <IconCheck size={15} role="img" aria-label="open" />
                ) : (
                  view.shared && <span className={toolbar.aside}>Shared</span>
                )
              }
            >
              {view.name}
            </Menu.Item>
          ))}
          {views.length > 0 && mayWrite && <Menu.Divider />}
          {mayWrite && <Menu.Item onClick={() => setDialog('create')}>Save as a view…</Menu.Item>}
          {mayChange && (
            <>
              {isOther && <Menu.Item onClick={change(now)}>Save the changes</Menu.Item>}
              <Menu.Item onClick={() => setDialog('rename')}>Rename…</Menu.Item>
              {(mayShare || open.shared) && (
                <Menu.Item onClick={change({ shared: !open.shared })}>
                  {open.shared ? 'Stop sharing' : 'Share with the workspace'}
                </Menu.Item>
              )}
              <Menu.Item data-danger onClick={remove}>
                Delete view
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog && (
        <ViewDialog
          now={now}
          view={dialog === 'rename' ? open : undefined}
          mayShare={mayShare}
          onClose={() => setDialog(undefined)}
          onSaved={(view) => {
            setDialog(undefined)
            go(viewHref(view))
            router.refresh()
          }}
        />
      )}
    </>
  )
}
