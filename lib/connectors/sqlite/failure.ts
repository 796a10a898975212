import { Failure as AnyFailure, isFailureOf } from '../_test/failure.ts'
import { stagesOf } from '../_test/stages.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'

/** A failed stage in codes of this connector's table. */
export class Failure extends AnyFailure<CauseCode, FailureContext> {}

/** What SQLite's error says about the file. Its words about the file are safe; they are shortened all the same. */
export const failureOf = (error: unknown): AnyFailure<CauseCode, FailureContext> => {
  if (isFailureOf(causes, error)) return error
  const extended = Number(Object(error).errcode ?? 0)
  const code = codes[extended] ?? codes[extended & 0xff] ?? 'database.failed'
  const detail = String(Object(error).errstr ?? '')
  return new Failure(code, detail === '' ? {} : { detail: plain(detail) }, { cause: error })
}

export const stage = stagesOf(causes, failureOf)

/** Words from a file that may hold anything. */
export const plain = (text: string): string => text.replace(/\p{C}/gu, ' ').slice(0, 200)

// SQLite's result codes: busy, locked, out of memory, read-only, I/O, corrupt, cannot open, too big, not a database.
const codes: Record<number, CauseCode | undefined> = {
  5: 'database.locked',
  6: 'database.locked',
  11: 'database.corrupt',
  26: 'database.not_sqlite',
  // Read-only, and a log or journal would have to be recovered first.
  264: 'database.locked',
  776: 'database.hot_journal',
}
