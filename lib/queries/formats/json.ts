import { type Columns, distinct, eachCell, type Format, Output } from './format.ts'

/** Objects with the names of the columns, one a line, or as one array. Values stay the very bytes that came. */
export const jsonFormat = (columns: Columns, { array }: { array: boolean }): Format => {
  const out = new Output()
  const keys = distinct(columns).map((name, index) => Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(name)}:`))
  let isFirst = true
  const open = () => {
    if (array && !isFirst) out.text(',\n')
    isFirst = false
    if (keys.length === 0) out.text('{')
  }
  return {
    begin: () => Buffer.from(array ? '[\n' : ''),
    rows(lines) {
      const rows = eachCell(
        lines,
        (column, start, end) => {
          if (column === 0) open()
          const key = keys[column]
          if (key) out.bytes(key)
          out.bytes(lines, start, end)
        },
        () => {
          if (keys.length === 0) open()
          out.text(array ? '}' : '}\n')
        },
      )
      return { file: out.take(), rows }
    },
    end: () => Buffer.from(array ? '\n]\n' : ''),
  }
}
