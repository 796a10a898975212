'use client'
import { ActionIcon, CloseButton } from '@mantine/core'
import { IconClipboard } from '@tabler/icons-react'
import { sentenceOf } from '#lib/client/problem'
import { formatBytes, formatNumber, plural } from '#lib/format/number'
import { exactTime, relativeTime } from '#lib/format/time'
import { showToast } from '../layout/toast.tsx'
import { hexBytes, isCut } from './cell.ts'
import { arrayItems, hexDump, momentOf } from './cell-parts.ts'
import { cellText } from './copy-text.ts'
import { VisibleText } from './grid/cell-view.tsx'
import { visibleLine } from './grid/visible-text.ts'
import { JsonView } from './json-view.tsx'
import type { Cell, ResultColumn } from './result-store.ts'
import { copyText } from './take-away.ts'
import classes from './viewer.module.css'

interface CellViewerProps {
  column: ResultColumn
  /** Of the result, from 0. */
  row: number
  cell: Cell
  onClose(): void
}

/** One value in full, as its kind is best read. */
export const CellViewer = ({ column, row, cell, onClose }: CellViewerProps) => (
  <aside
    className={classes.viewer}
    aria-label={`${visibleLine(column.name)}, row ${formatNumber(row + 1)}`}
    onKeyDown={(event) => event.key === 'Escape' && onClose()}
  >
    <header className={classes.head}>
      <div className={classes.title}>
        <b>
          <VisibleText text={column.name} />
        </b>
        <span>
          <VisibleText text={column.type} /> · row {formatNumber(row + 1)} · {sizeOf(cell, column)}
        </span>
      </div>
      <ActionIcon variant="subtle" color="gray" aria-label="Copy the value" onClick={() => void copy(cell)}>
        <IconClipboard size={15} aria-hidden />
      </ActionIcon>
      <CloseButton size="sm" aria-label="Close the value" onClick={onClose} />
    </header>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long value has to be scrolled with keys as well */}
    <section className={classes.body} aria-label="Value" tabIndex={0}>
      <CellBody key={`${row} ${column.name}`} cell={cell} column={column} />
    </section>
  </aside>
)

const copy = (cell: Cell) =>
  copyText(cellText(cell)).then(
    () => showToast({ id: 'result:copied', message: 'Copied the value.', color: 'green', autoClose: 3_000 }),
    (error: unknown) => showToast({ id: 'result:copied', message: sentenceOf(error), color: 'red' }),
  )

const sizeOf = (cell: Cell, { kind }: ResultColumn): string => {
  if (cell === null) return 'no value'
  if (isCut(cell)) return `${formatBytes(cell.bytes)}, of which the beginning was loaded`
  if (kind === 'binary') return formatBytes(hexBytes(String(cell)))
  return plural([...String(cell)].length, 'character')
}

/** What a page can show at once without trouble. */
const longest = 200_000
const longestDump = 4_096

const CellBody = ({ cell, column: { kind } }: { cell: Cell; column: ResultColumn }) => {
  if (cell === null) return <p className={classes.note}>NULL: there is no value.</p>
  const text = isCut(cell) ? cell.cut : String(cell)
  if (text === '') return <p className={classes.note}>An empty text.</p>
  if (kind === 'json') return <JsonView text={text} fallback={<WholeText text={text} />} />
  if (kind === 'binary') return <pre className={classes.text}>{hexDump(text, longestDump)}</pre>
  if (kind === 'array') return <Items text={text} />
  return (
    <>
      {kind === 'timestamp' && <Moment text={text} />}
      <WholeText text={text} />
    </>
  )
}

const WholeText = ({ text }: { text: string }) => (
  <>
    <pre className={classes.text}>
      <VisibleText text={text} length={longest} isMultiline />
    </pre>
    {text.length > longest && (
      <p className={classes.note}>The first {formatNumber(longest)} characters. Copying takes all of them.</p>
    )}
  </>
)

const Items = ({ text }: { text: string }) => {
  const items = arrayItems(text)
  if (!items) return <WholeText text={text} />
  return (
    <ol className={classes.items} start={1}>
      {items.slice(0, 1_000).map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: items may repeat
        <li key={at}>{item === null ? <i>NULL</i> : <VisibleText text={item} length={2_000} isMultiline />}</li>
      ))}
      {items.length > 1_000 && <li>… {formatNumber(items.length - 1_000)} more</li>}
    </ol>
  )
}

const Moment = ({ text }: { text: string }) => {
  const moment = momentOf(text)
  if (!moment) return <p className={classes.note}>Without a time zone: what the clock showed where it was written.</p>
  return (
    <dl className={classes.facts}>
      <dt>Here</dt>
      <dd>{exactTime(moment)}</dd>
      <dt>UTC</dt>
      <dd>{exactTime(moment, 'UTC')}</dd>
      <dt>That is</dt>
      <dd>{relativeTime(moment)}</dd>
    </dl>
  )
}
