import { ResultLines } from '../_sql/result-lines.ts'
import type { QueryRequest, ResultHead, ResultLast, SqlProblem } from '../contract.ts'
import { answer, type Listener } from './answers.ts'
import { DataRows } from './data-rows.ts'
import { bind, execute, flush, plain, sync } from './messages.ts'
import { askTypes, type ColumnShape, readTexts, typeOf, waysOf } from './result-types.ts'
import { statementName } from './run-session.ts'
import { noticeOf, problemOf } from './server-words.ts'

/** What is asked when the statement itself runs, and what is made of the answers. */
export class Run implements Listener {
  readonly lines: ResultLines
  failed: SqlProblem | undefined
  readonly #request: QueryRequest
  readonly #shapes: ColumnShape[]
  readonly #rows: DataRows
  readonly #began: number
  readonly #columns: ResultHead['columns'] = []
  readonly #notices: string[] = []
  readonly #helpings: number[]
  #done = 0
  #tag: string | undefined
  #copies = false

  constructor(request: QueryRequest, shapes: ColumnShape[], began: number) {
    this.#request = request
    this.#shapes = shapes
    this.#began = began
    const most = request.limits.rows + 1
    // What gives no columns cannot be asked twice, and of what writes each answer would count only its own rows.
    this.#helpings = shapes.length > 0 && request.mode === 'read' ? helpingsOf(most) : [most]
    this.lines = new ResultLines(request.limits)
    this.#rows = new DataRows(this.lines, waysOf(shapes, request.limits.columns))
  }

  /** The types, the rows and the end of the transaction in one breath; after an error the server skips the rest. */
  asks(): Buffer {
    const { mode, parameters } = this.#request
    return Buffer.concat([
      askTypes(this.#shapes),
      flush,
      bind(statementName, parameters, 'text'),
      ...this.#helpings.flatMap((rows) => [execute(rows), flush]),
      plain(mode === 'read' ? 'ROLLBACK' : 'COMMIT'),
      sync,
    ])
  }

  /** The rest of the answer is not wanted; what writes is let finish. */
  isEnough(): boolean {
    return this.#copies || (this.lines.truncated === 'bytes' && this.#request.mode === 'read')
  }

  row(bytes: Buffer, at: number, end: number): void {
    if (this.#done > 0) this.#rows.row(bytes, at, end)
    else this.#columns.push({ name: this.#shapes[this.#columns.length]?.name ?? '', ...typeOf(readTexts(bytes, at)) })
  }

  longRow(): (bytes: Buffer, at: number, end: number) => void {
    return this.#rows.longRow()
  }

  message(type: number, body: Buffer): void {
    if (type === answer.done || type === answer.suspended) this.#completed(type, body)
    else if (type === answer.error) this.failed ??= problemOf(body, this.#request.sql)
    else if (type === answer.notice && this.#notices.length < noticesMax) this.#notices.push(noticeOf(body))
    else if (type === answer.copyIn || type === answer.copyOut || type === answer.copyBoth) this.#copies = true
  }

  #completed(type: number, body: Buffer): void {
    this.#done += 1
    const { columns: most } = this.#request.limits
    const columns = this.#columns.slice(0, most)
    if (this.#done === 1) this.lines.head({ columns, columns_left_out: this.#columns.length - columns.length })
    const isOfStatement = this.#done > 1 && this.#done <= 1 + this.#helpings.length
    if (isOfStatement && type === answer.done) this.#tag = body.toString('utf8', 0, body.length - 1)
  }

  end(): void {
    const isCut = this.lines.truncated === 'bytes' && this.failed?.code === '57014'
    this.lines.last(this.failed && !isCut ? { failed: this.#copies ? copyProblem : this.failed } : this.#doneLine())
  }

  #doneLine(): ResultLast {
    const [, command, affected] = /^([A-Z ]*?)(?: \d+(?= \d))?(?: (\d+))?$/.exec(this.#tag ?? '') ?? []
    const changes = affected !== undefined && /^(INSERT|UPDATE|DELETE|MERGE|COPY)/.test(this.#tag ?? '')
    return {
      done: {
        rows: this.lines.rows,
        truncated: this.lines.truncated,
        cells_cut: this.lines.cellsCut,
        affected: changes ? Number(affected) : null,
        command: command || null,
        duration_ms: Math.round((performance.now() - this.#began) * 10) / 10,
        notices: this.#notices,
      },
    }
  }
}

const noticesMax = 100

/**
 * How many rows are asked for in turn: few at first, so that a statement that finds its rows slowly shows the first ones at
 * once. One more than is shown tells whether there are more; then the server stops by itself.
 */
const helpingsOf = (rows: number): number[] => {
  const first = [1, 9, 90].filter((_, place) => rows > 10 ** place)
  return [...first, rows - first.reduce((sum, one) => sum + one, 0)]
}

const copyProblem: SqlProblem = {
  message: 'COPY sends and receives files, not rows. Write a SELECT instead.',
  code: null,
  position: null,
  detail: null,
  hint: null,
}
