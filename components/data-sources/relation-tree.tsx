'use client'
import { Loader } from '@mantine/core'
import { useVirtualizer, type Virtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useCallback,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from 'react'
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
  /** Escape: back to where the tree was searched from. */
  onLeave?: () => void
  /** To give the tree the focus from outside. */
  focus?: RefObject<HTMLDivElement | null>
  /** The menu of a row, where rows have one. */
  menu?: (place: TreeMenuPlace, close: () => void) => ReactNode
}

const rowHeight = 28
/** As high as a large screen, so that the server draws the rows that will be seen. */
const firstHeight = 1_080

/** Schemas and what is in them. Only the rows in view exist, however many there are. */
export const RelationTree = (props: RelationTreeProps) => {
  const { rows, selected, q, onSelect, onChoose, onOpen, onMissing, onLeave, focus, menu } = props
  const own = useRef<HTMLDivElement>(null)
  const scroller = focus ?? own
  const id = useId()
  const [activeKey, setActiveKey] = useState<string>()
  const [place, setPlace] = useState<TreeMenuPlace>()
  const typed = useRef({ text: '', at: 0 })
  const goal = useRef<Goal>(undefined)
  const [pursued, setPursued] = useState<string>()
  const places = useMemo(() => placesOf(rows), [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: useCallback((index: number) => rowHeight * standsFor(rows[index]), [rows]),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan: 12,
    initialRect: { width: 0, height: firstHeight },
    onChange: (instance) => reportMissing(instance, rows, onMissing),
  })
  const active = activeIndex(rows, activeKey ?? selected)
  const activate = (index: number) => {
    const at = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[at]
    if (!row) return
    setActiveKey(row.key)
    virtual.scrollToIndex(at)
  }
  const pursue = (wanted: Goal) => {
    const at = wanted.find(rows)
    const gap = rows.findLast(isGap)
    const isFurther = at === 'further' && gap !== undefined
    goal.current = isFurther ? wanted : undefined
    setPursued(isFurther ? wanted.words : undefined)
    if (typeof at === 'number') activate(at)
    if (at === 'further' && gap) onMissing(gap)
  }
  // More rows came: what was looked for may be among them.
  useEffect(() => goal.current && pursue(goal.current))
  const press = (row: TreeRow) => {
    setActiveKey(row.key)
    if (row.kind === 'schema' || row.kind === 'group') onOpen(row, !row.isOpen)
    if (row.kind === 'relation' || row.kind === 'object') onSelect(row.key)
    if (row.kind === 'column') onSelect(relationKey(row.relation))
    if (row.kind === 'note') onMissing(row)
  }
  const openMenu = (row: TreeRow | undefined, x: number, y: number) => {
    if (!menu || !row || row.kind === 'note' || row.kind === 'group') return
    setActiveKey(row.key)
    setPlace({ row, x, y })
  }
  const closeMenu = () => {
    setPlace(undefined)
    scroller.current?.focus({ preventScroll: true })
  }
  const onKeyDown = (event: KeyboardEvent) => {
    goal.current = undefined
    setPursued(undefined)
    if (event.key === 'Escape' && onLeave) return onLeave()
    const row = rows[active]
    const move = row && moves(rows, active, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight))[event.key]
    if (event.metaKey || event.ctrlKey || event.altKey || !row) return
    if (menu && (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) {
      event.preventDefault()
      const box = document.getElementById(`${id}-${active}`)?.getBoundingClientRect()
      return openMenu(row, (box?.left ?? 0) + 24, box?.bottom ?? 0)
    }
    if (move === undefined && event.key !== 'Enter' && event.key !== ' ') {
      const text = typedSoFar(typed.current, event.key)
      return text === '' ? undefined : pursue(beginningWith(text, active))
    }
    event.preventDefault()
    if (event.key === 'End') return pursue(theEnd)
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
          {virtual.getVirtualItems().map(({ index, key, start, size }) => {
            const row = rows[index]
            if (!row) return null
            return (
              <TreeRowView
                key={key}
                id={`${id}-${index}`}
                row={row}
                top={start}
                height={size}
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
      {pursued !== undefined && <Pursuit words={pursued} gap={rows.findLast(isGap)} />}
      {place && menu?.(place, closeMenu)}
    </>
  )
}

/** Pages come one after the other, and where they come nobody sees: so it is said how far they are. */
const Pursuit = ({ words, gap }: { words: string; gap: TreeRow | undefined }) => (
  <p className={classes.pursuit} role="status">
    <Loader size={12} aria-hidden />
    <span>
      {words} {gap?.kind === 'note' && gap.of !== 'search' ? `… ${gap.text.replace('Loading … ', '')}` : '…'}
    </span>
  </p>
)

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

const standsFor = (row: TreeRow | undefined): number => (row?.kind === 'note' ? row.stands : 1)

/** Missing ones of a list whose length is known: to get behind them they are fetched. Of a search nobody knows how many there are. */
const isGap = (row: TreeRow): boolean =>
  row.kind === 'note' && row.of !== 'search' && !('table' in row.of) && (row.note === 'more' || row.note === 'loading')

/** Where somebody wants to go: to a row, or further than what is loaded. Tried again with each page that comes. */
interface Goal {
  /** Said while pages are fetched for it. */
  words: string
  find(rows: readonly TreeRow[]): number | 'further' | undefined
}

const theEnd: Goal = {
  words: 'Going to the end',
  find: (rows) => {
    const last = rows.at(-1)
    return last && isGap(last) ? 'further' : rows.length - 1
  },
}

// A letter goes to the next row that begins with it, and the letters after it to the one that begins with them all.
const beginningWith = (text: string, at: number): Goal => ({
  words: `Looking for “${text}”`,
  find: (rows) => {
    const word = text.toLowerCase()
    const begins = (row: TreeRow) => rowName(row).toLowerCase().startsWith(word)
    const from = text.length === 1 ? at + 1 : at
    const after = rows.findIndex((row, index) => index >= from && begins(row))
    const gap = rows.findIndex((row, index) => index >= from && isGap(row))
    // What is missing comes in the order of names, capitals first.
    const isBehind = gap > 0 && nameBefore(rows, gap) <= `${word}\uffff`
    if (isBehind && (after < 0 || after > gap)) return 'further'
    const found = after >= 0 ? after : rows.findIndex(begins)
    return found >= 0 ? found : undefined
  },
})

const nameBefore = (rows: readonly TreeRow[], at: number): string => {
  const row = rows[at - 1]
  return row ? rowName(row) : ''
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
