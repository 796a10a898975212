'use client'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react'
import classes from './explorer.module.css'
import type { TreeMenuPlace } from './tree-menu.tsx'
import { placesOf, relationKey, rowName, type TreeRow } from './tree-model.ts'
import { TreeRowView } from './tree-row.tsx'

interface RelationTreeProps {
  rows: readonly TreeRow[]
  /** Key of the relation shown beside the tree. */
  selected: string | undefined
  /** What was searched for, to mark it in the names. */
  q: string
  onSelect: (key: string) => void
  /** A double click on a relation or column, or Enter, where that is more than selecting it. */
  onChoose?: (row: TreeRow) => void
  onOpen: (row: TreeRow, isOpen: boolean) => void
  /** A row that stands for missing ones came into view. */
  onMissing: (row: TreeRow) => void
  /** The menu of a row, where rows have one. */
  menu?: (place: TreeMenuPlace, close: () => void) => ReactNode
}

const rowHeight = 28

/** Schemas and what is in them. Only the rows in view exist, however many there are. */
export const RelationTree = (props: RelationTreeProps) => {
  const { rows, selected, q, onSelect, onChoose, onOpen, onMissing, menu } = props
  const scroller = useRef<HTMLDivElement>(null)
  const id = useId()
  const [activeKey, setActiveKey] = useState<string>()
  const [place, setPlace] = useState<TreeMenuPlace>()
  const typed = useRef({ text: '', at: 0 })
  const places = placesOf(rows)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 12,
    onChange: (instance) => reportMissing(instance, rows, onMissing),
  })
  const active = activeIndex(rows, activeKey ?? selected)
  const activate = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (!row) return
    setActiveKey(row.key)
    virtual.scrollToIndex(rows.indexOf(row))
  }
  const press = (row: TreeRow) => {
    setActiveKey(row.key)
    if (row.kind === 'schema') onOpen(row, !row.isOpen)
    if (row.kind === 'relation') onSelect(row.key)
    if (row.kind === 'column') onSelect(relationKey(row.relation))
    if (row.kind === 'note') onMissing(row)
  }
  const openMenu = (row: TreeRow | undefined, x: number, y: number) => {
    if (!menu || !row || row.kind === 'note') return
    setActiveKey(row.key)
    setPlace({ row, x, y })
  }
  const closeMenu = () => {
    setPlace(undefined)
    scroller.current?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows[active]
    const move = row && moves(rows, active, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight))[event.key]
    if (event.metaKey || event.ctrlKey || event.altKey || !row) return
    if (menu && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      event.preventDefault()
      const box = document.getElementById(`${id}-${active}`)?.getBoundingClientRect()
      return openMenu(row, (box?.left ?? 0) + 24, box?.bottom ?? 0)
    }
    if (move === undefined && event.key !== 'Enter' && event.key !== ' ')
      return typeAhead(rows, active, typedSoFar(typed.current, event.key), activate)
    event.preventDefault()
    if (move === undefined) {
      press(row)
      if (event.key === 'Enter') onChoose?.(row)
    } else if (typeof move === 'number') activate(move)
    else onOpen(row, move === 'open')
  }
  return (
    <>
      <div
        ref={scroller}
        className={classes.tree}
        role="tree"
        aria-label="Schemas and tables"
        tabIndex={0}
        {...(rows[active] && { 'aria-activedescendant': `${id}-${active}` })}
        onKeyDown={onKeyDown}
      >
        <div className={classes.treeInner} style={{ height: virtual.getTotalSize() }} role="presentation">
          {virtual.getVirtualItems().map(({ index, key, start }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <TreeRowView
                key={key}
                id={`${id}-${index}`}
                row={row}
                top={start}
                place={places[index] ?? { position: 1, size: 1 }}
                isActive={index === active}
                isSelected={row.key === selected}
                q={q}
                onPress={() => press(row)}
                onDoublePress={() => onChoose?.(row)}
                onToggle={(isOpen) => onOpen(row, isOpen)}
                onMenu={menu && ((x, y) => openMenu(row, x, y))}
              />
            )
          })}
        </div>
      </div>
      {place && menu?.(place, closeMenu)}
    </>
  )
}

const activeIndex = (rows: readonly TreeRow[], key: string | undefined): number =>
  Math.max(0, key === undefined ? 0 : rows.findIndex((row) => row.key === key))

type Move = number | 'open' | 'close'

/** What the keys of a tree do from here: another row, or this one opened or closed. */
const moves = (rows: readonly TreeRow[], at: number, pageRows: number): Record<string, Move | undefined> => {
  const row = rows[at]
  const isOpen = row?.isOpen
  const parent = rows.findLastIndex((other, index) => index < at && other.level < (row?.level ?? 1))
  return {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    Home: 0,
    End: rows.length - 1,
    PageDown: at + pageRows,
    PageUp: at - pageRows,
    ArrowRight: isOpen === false ? 'open' : isOpen ? at + 1 : at,
    ArrowLeft: isOpen ? 'close' : parent >= 0 ? parent : at,
  }
}

/** Letters typed in one go make a word; after a pause a new one begins. */
const typedSoFar = (typed: { text: string; at: number }, key: string): string => {
  if (key.length !== 1) return ''
  const now = Date.now()
  typed.text = now - typed.at < 700 ? typed.text + key : key
  typed.at = now
  return typed.text
}

// A letter goes to the next row that begins with it, and the letters after it to the one that begins with them all.
const typeAhead = (rows: readonly TreeRow[], at: number, text: string, go: (index: number) => void): void => {
  if (text === '') return
  const begins = (row: TreeRow) => rowName(row).toLowerCase().startsWith(text.toLowerCase())
  const from = text.length === 1 ? at + 1 : at
  const after = rows.findIndex((row, index) => index >= from && begins(row))
  const found = after >= 0 ? after : rows.findIndex(begins)
  if (found >= 0) go(found)
}

const reportMissing = (
  instance: Virtualizer<HTMLDivElement, Element>,
  rows: readonly TreeRow[],
  onMissing: (row: TreeRow) => void,
): void => {
  for (const { index } of instance.getVirtualItems()) {
    const row = rows[index]
    if (row?.kind === 'note' && row.note === 'more') onMissing(row)
  }
}
