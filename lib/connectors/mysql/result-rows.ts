import type { ResultLines } from '../_sql/result-lines.ts'
import type { Column } from './columns.ts'
import type { CutRow } from './long-row.ts'
import { Row } from './row.ts'

/** Writes rows of columns that are known: values as numbers, text or bytes, as their column says. */
export const rowWriter = (lines: ResultLines, columns: readonly Column[]) => {
  const row = new Row(columns.length)
  return (raw: CutRow): boolean => {
    if (!lines.begin()) return false
    row.load(raw)
    for (const [index, { writing }] of columns.entries()) {
      const length = row.length(index)
      if (length < 0) lines.null()
      else lines[writing](row.bytes, row.start(index), length, raw.totals?.[index] ?? length)
    }
    lines.end()
    return true
  }
}
