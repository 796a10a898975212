'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import type { FileEntry } from '#lib/data-sources/schema'
import { plural } from '#lib/format/number'
import { FileRow } from './file-row.tsx'
import classes from './files.module.css'
import { ListSkeleton } from './skeletons.tsx'
import type { Folder } from './use-files.ts'

interface FileListProps {
  /** Undefined while it is read for the first time. */
  folder: Folder | undefined
  /** Path of the file shown beside the list. */
  selected: string | undefined
  onOpen: (entry: FileEntry) => void
  /** Undefined at the top. */
  onUp: (() => void) | undefined
  /** The end of what is known came into view. */
  onMissing: () => void
}

const rowHeight = 32

/** What is in a folder. Only the rows in view exist, however many there are. */
export const FileList = ({ folder, selected, onOpen, onUp, onMissing }: FileListProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [activePath, setActivePath] = useState(selected)
  const items = folder?.items ?? []
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => items[index]?.path ?? index,
    overscan: 12,
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1)
      if (last && last.index >= items.length - 40) onMissing()
    },
  })
  const active = Math.max(
    0,
    items.findIndex(({ path }) => path === activePath),
  )
  const activate = (index: number) => {
    const at = Math.max(0, Math.min(items.length - 1, index))
    setActivePath(items[at]?.path)
    virtual.scrollToIndex(at)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const rows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1)
    const moves: Record<string, number | undefined> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: active + rows,
      PageUp: active - rows,
    }
    const entry = items[active]
    const move = moves[event.key]
    if (event.metaKey || event.ctrlKey || event.altKey) return
    if (move !== undefined) activate(move)
    else if ((event.key === 'Enter' || event.key === ' ' || event.key === 'ArrowRight') && entry) onOpen(entry)
    else if ((event.key === 'Backspace' || event.key === 'ArrowLeft') && onUp) onUp()
    else return
    event.preventDefault()
  }
  if (folder === undefined || (folder.status === 'loading' && items.length === 0)) return <ListSkeleton />
  if (items.length === 0)
    return folder.problem === undefined ? <p className={classes.empty}>This folder is empty.</p> : null
  return (
    <>
      <div
        ref={scroller}
        className={classes.list}
        role="listbox"
        aria-label="Files"
        tabIndex={0}
        aria-activedescendant={`${id}-${active}`}
        onKeyDown={onKeyDown}
      >
        <div className={classes.listInner} style={{ height: virtual.getTotalSize() }} role="presentation">
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const entry = items[index]
            if (!entry) return null
            return (
              <FileRow
                key={key}
                id={`${id}-${index}`}
                entry={entry}
                top={start}
                place={{ position: index + 1, size: folder.cursor === null ? items.length : -1 }}
                isActive={index === active}
                isSelected={entry.path === selected}
                onPress={() => {
                  setActivePath(entry.path)
                  onOpen(entry)
                }}
              />
            )
          })}
        </div>
      </div>
      <p className={classes.count} role="status">
        {plural(items.length, 'entry', 'entries')}
        {folder.cursor !== null && ' so far'}
        {folder.status === 'loading' && ' · reading on …'}
      </p>
    </>
  )
}
