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
      <>
        <VisibleText text={cell.cut} />
        <span className={classes.aside}>… {formatBytes(cell.bytes)}, cut</span>
      </>
    )
  if (cell === '')
    return (
      <span className={classes.empty} title="Empty text">
        empty
      </span>
    )
  if (kind === 'binary' && typeof cell === 'string')
    return (
      <>
        <span className={classes.hex}>{cell.slice(0, 130)}</span>
        <span className={classes.aside}>{formatBytes(hexBytes(cell))}</span>
      </>
    )
  return typeof cell === 'string' ? <VisibleText text={cell} /> : String(cell)
}

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
