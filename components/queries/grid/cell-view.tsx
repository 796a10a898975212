import type { ReactNode } from 'react'
import { formatBytes } from '#lib/format/number'
import { hexBytes, isCut } from '../cell.ts'
import type { Cell, ResultColumn } from '../result-store.ts'
import classes from './grid.module.css'
import { visibleParts } from './visible-text.ts'

/** A value on one line. Only ever text: whatever a database holds, nothing of it is run or obeyed. */
export const CellView = ({ cell, kind }: { cell: Cell | undefined; kind: ResultColumn['kind'] }) => {
  if (cell === null || cell === undefined) return <span className={classes.null}>NULL</span>
  if (isCut(cell))
    return (
      <WithSize note={`${formatBytes(cell.bytes)}, cut`}>
        <VisibleText text={cell.cut} />…
      </WithSize>
    )
  if (cell === '')
    return (
      <span className={classes.empty} title="Empty text">
        empty
      </span>
    )
  if (kind === 'binary' && typeof cell === 'string')
    return <WithSize note={formatBytes(hexBytes(cell))}>{cell.slice(0, 130)}</WithSize>
  return typeof cell === 'string' ? <VisibleText text={cell} /> : String(cell)
}

/** The size stays in sight however narrow the column is. */
const WithSize = ({ note, children }: { note: string; children: ReactNode }) => (
  <span className={classes.sized}>
    <span className={classes.clipped}>{children}</span>
    <span className={classes.aside}>{note}</span>
  </span>
)

interface VisibleTextProps {
  text: string
  length?: number
  /** Line breaks and tabs do what they are for. */
  isMultiline?: boolean
}

export const VisibleText = ({ text, length, isMultiline }: VisibleTextProps) => (
  <bdi>
    {visibleParts(text, length, isMultiline).map(({ text: part, isMark }, at) =>
      isMark ? (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no name of their own
        <span key={at} className={classes.mark}>
          {part}
        </span>
      ) : (
        part
      ),
    )}
  </bdi>
)
