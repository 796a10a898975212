import { IconKey } from '@tabler/icons-react'
import { memo } from 'react'
import { Badge } from '#components/layout/badge'
import { formatBytes } from '#lib/format/number'
import { exactTime } from '#lib/format/time'
import { visibleName } from '../data-sources/file-names.ts'
import { type ChangedRow, type ChangedValue, isKept, rowsOf, type ShownChange } from './change-list.ts'
import classes from './replication.module.css'

const kinds = {
  insert: { words: 'Insert', tone: 'success' },
  update: { words: 'Update', tone: 'accent' },
  delete: { words: 'Delete', tone: 'danger' },
  truncate: { words: 'Truncate', tone: 'danger' },
} as const

/** One change, with the values of before and after beside each other. */
export const ChangeRow = memo(({ change }: { change: ShownChange }) => {
  const { kind, schema, name, committed_at, before, after } = change
  const { words, tone } = kinds[kind]
  const rows = rowsOf(change)
  const hasBoth = before !== null && after !== null
  return (
    <li className={classes.change}>
      <p className={classes.changeHead}>
        <Badge tone={tone}>{words}</Badge>
        <code>
          <bdi>{visibleName(schema)}</bdi>.<bdi>{visibleName(name)}</bdi>
        </code>
        {committed_at !== null && <time dateTime={committed_at}>{exactTime(committed_at)}</time>}
      </p>
      {rows.length === 0 ? (
        <p className={classes.dim}>All rows were removed at once.</p>
      ) : (
        <dl className={classes.values}>
          {rows.map((row) => (
            <div key={row.name} data-different={row.isDifferent || undefined}>
              <dt>
                {row.key && <IconKey size={12} stroke={2} role="img" aria-label="Key" />}
                <bdi>{visibleName(row.name)}</bdi>
              </dt>
              <dd>
                <Sides row={row} hasBoth={hasBoth} isDeleted={kind === 'delete'} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  )
})
ChangeRow.displayName = 'ChangeRow'

const Sides = ({ row, hasBoth, isDeleted }: { row: ChangedRow; hasBoth: boolean; isDeleted: boolean }) => {
  const { before, after, isDifferent } = row
  if (hasBoth && isDifferent && before !== undefined && after !== undefined) {
    return (
      <>
        <del>
          <Value value={before} />
        </del>
        <span role="img" aria-label="becomes">
          →
        </span>
        <ins>
          <Value value={after} />
        </ins>
      </>
    )
  }
  // NULL is a value, too.
  const value = after === undefined ? before : after
  if (value === undefined) return <span className={classes.mark}>not sent</span>
  return isDeleted ? (
    <del>
      <Value value={value} />
    </del>
  ) : (
    <Value value={value} />
  )
}

/** NULL, an empty text, a value that was not sent and one that was cut are four things. */
const Value = ({ value }: { value: ChangedValue['value'] }) => {
  if (value === null) return <span className={classes.mark}>NULL</span>
  if (value === '') return <span className={classes.mark}>empty text</span>
  if (typeof value === 'string') return <Text text={value} />
  if (isKept(value)) return <span className={classes.mark}>not changed, not sent</span>
  return (
    <>
      <Text text={value.cut} />
      <span className={classes.mark}>… cut, {formatBytes(value.bytes)} in all</span>
    </>
  )
}

const textMax = 300

/** A long one opens. */
const Text = ({ text }: { text: string }) => {
  if (text.length <= textMax) return <bdi>{visibleName(text)}</bdi>
  return (
    <details className={classes.long}>
      <summary>
        <bdi>{visibleName(text.slice(0, textMax))}</bdi> …
      </summary>
      <bdi>{visibleName(text.slice(textMax))}</bdi>
    </details>
  )
}
