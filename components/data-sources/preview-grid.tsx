'use client'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { FilePreview } from '#lib/data-sources/schema'
import { isNumeric, visibleName } from './file-names.ts'
import classes from './files.module.css'

type Cell = FilePreview['rows'][number][number]

const rowHeight = 29

/** Rows under typed columns; nothing is different from empty text. Only the rows in view exist. */
export const PreviewGrid = ({ columns, rows }: Pick<FilePreview, 'columns' | 'rows'>) => {
  const scroller = useRef<HTMLElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  })
  const items = virtual.getVirtualItems()
  const before = items[0]?.start ?? 0
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table has to be scrolled with keys as well
    <section ref={scroller} className={classes.grid} aria-label="Rows" tabIndex={0}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map(({ name, type }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: names of columns may repeat
              <th key={index} scope="col" data-numeric={isNumeric(type) || undefined}>
                <bdi>{visibleName(name)}</bdi>
                <span className={classes.type}>{type}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Spacer height={before} width={columns.length} />}
          {items.map(({ index }) => (
            <tr key={index} aria-rowindex={index + 2}>
              {columns.map(({ type }, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: cells have no name of their own
                <td key={at} data-numeric={isNumeric(type) || undefined}>
                  <CellView value={rows[index]?.[at] ?? null} />
                </td>
              ))}
            </tr>
          ))}
          {after > 0 && <Spacer height={after} width={columns.length} />}
        </tbody>
      </table>
    </section>
  )
}

const Spacer = ({ height, width }: { height: number; width: number }) => (
  <tr aria-hidden>
    <td colSpan={width} className={classes.spacer} style={{ height }} />
  </tr>
)

const CellView = ({ value }: { value: Cell }) => {
  if (value === null) return <span className={classes.null}>null</span>
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return <bdi title={text.length > 40 ? text.slice(0, 1_000) : undefined}>{visibleName(text.slice(0, 300))}</bdi>
}
