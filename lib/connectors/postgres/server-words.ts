import type { SqlProblem } from '../contract.ts'

const lengthMax = 2_000

/** The fields of an error or a notice by their letter. */
export const readFields = (body: Buffer): Record<string, string | undefined> =>
  Object.fromEntries(
    body
      .toString('utf8')
      .split('\0')
      .filter((field) => field !== '')
      .map((field) => [field[0] ?? '', field.slice(1)]),
  )

/** The server's refusal of a statement; `before` is how much of ours stands before the person's text in what was sent. */
export const problemOf = (body: Buffer, sql: string, before = 0): SqlProblem => {
  const { M: message = '', C: code, P: position, D: detail, H: hint } = readFields(body)
  return {
    message: message.slice(0, lengthMax),
    code: code ?? null,
    position: placeIn(sql, Number(position ?? 0) - before),
    detail: detail?.slice(0, lengthMax) ?? null,
    hint: hint?.slice(0, lengthMax) ?? null,
  }
}

/** `WARNING: there is no transaction in progress` */
export const noticeOf = (body: Buffer): string => {
  const { V: severity, S: translated = '', M: message = '' } = readFields(body)
  return `${severity ?? translated}: ${message}`.slice(0, lengthMax)
}

/** The server counts characters from 1, JavaScript half of some of them from 0. */
const placeIn = (sql: string, characters: number): number | null => {
  if (!(characters >= 1)) return null
  let units = 0
  let left = characters - 1
  for (const character of sql) {
    if (left-- <= 0) break
    units += character.length
  }
  return Math.min(units, sql.length)
}
