'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import type { FileEntry } from '#lib/data-sources/schema'
import { plural } from '#lib/format/number'
import { FileRow } from './file-row.tsx'
import classes from './files.module.css'
import { ListSkeleton } from './skeletons.tsx'
import type { Folder } from './use-files.ts'

interface FileListProps {
  /** Of the folder. */
  path: string
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

/**
 * What is in a folder. Only the rows in view exist, however many there are. The list itself is the same for every folder, also
 * while one is read: it keeps the focus on the way down and up again.
 */
export const FileList = ({ path, folder, selected, onOpen, onUp, onMissing }: FileListProps) => {
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  // Each folder remembers its own, so that the way up ends where it began.
  const [activePaths, setActivePaths] = useState<Readonly<Record<string, string | undefined>>>({})
  const setActivePath = (entry: string | undefined) => setActivePaths((known) => ({ ...known, [path]: entry }))
  const activePath = activePaths[path] ?? selected
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
    items.findIndex((entry) => entry.path === activePath),
  )
  const activate = (index: number) => {
    const at = Math.max(0, Math.min(items.length - 1, index))
    setActivePath(items[at]?.path)
    virtual.scrollToIndex(at)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another folder is shown from its active row on
  useLayoutEffect(() => virtual.scrollToIndex(active), [path])
  useFocusKept(scroller, `${path} ${selected}`)
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
  const isReading = folder === undefined || (folder.status === 'loading' && items.length === 0)
  return (
    <>
      {isReading && <ListSkeleton />}
      {!isReading && items.length === 0 && folder.problem === undefined && (
        <p className={classes.empty}>This folder is empty.</p>
      )}
      <div
        ref={scroller}
        className={classes.list}
        role="listbox"
        aria-label="Files"
        tabIndex={0}
        aria-busy={isReading || undefined}
        {...(items[active] && { 'aria-activedescendant': `${id}-${active}` })}
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
                place={{ position: index + 1, size: folder?.cursor === null ? items.length : -1 }}
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
      {folder && items.length > 0 && (
        <p className={classes.count} role="status">
          {plural(items.length, 'entry', 'entries')}
          {folder.cursor !== null && ' so far'}
          {folder.status === 'loading' && ' · reading on …'}
        </p>
      )}
    </>
  )
}

/** Another place is shown: if what had the focus went with the last one, the list has it now. */
const useFocusKept = (list: RefObject<HTMLElement | null>, place: string): void => {
  const shown = useRef(place)
  useEffect(() => {
    if (shown.current === place) return
    shown.current = place
    if (document.activeElement === document.body) list.current?.focus({ preventScroll: true })
  }, [list, place])
}
