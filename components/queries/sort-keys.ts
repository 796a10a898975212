import { isCut } from './cell.ts'
import type { Cell, ResultColumn } from './result-store.ts'

type Kind = ResultColumn['kind']

/** What a value is compared by: first the number, then the text. Undefined for NULL, which stands at no place of its own. */
export interface SortKey {
  number: number
  text: string
}

export const keyOf = (kind: Kind, cell: Cell): SortKey | undefined => {
  if (cell === null) return undefined
  if (isCut(cell)) return { number: 0, text: cell.cut }
  if (typeof cell === 'boolean') return { number: Number(cell), text: '' }
  return readers[kind]?.(String(cell)) ?? { number: Number.NaN, text: String(cell) }
}

/** Numbers digit by digit however long, moments by when they are, texts as a dictionary has them. */
export const compareKeys = (kind: Kind, a: SortKey, b: SortKey): number => {
  // What could not be read as its kind comes behind what could.
  const [isOddA, isOddB] = [Number.isNaN(a.number), Number.isNaN(b.number)]
  if (isOddA || isOddB) return Number(isOddA) - Number(isOddB) || byCode(a.text, b.text)
  if (a.number !== b.number) return a.number < b.number ? -1 : 1
  if (isNumber(kind)) return compareDecimals(a.text, b.text)
  return kind === 'text' ? dictionary.compare(a.text, b.text) || byCode(a.text, b.text) : byCode(a.text, b.text)
}

const isNumber = (kind: Kind): boolean => kind === 'integer' || kind === 'decimal' || kind === 'float'
const dictionary = new Intl.Collator('en')
const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const numberKey = (text: string): SortKey | undefined => {
  if (/^nan$/i.test(text)) return { number: Number.POSITIVE_INFINITY, text: 'NaN' }
  const number = Number(text)
  // A double keeps the order of what it rounds; what it rounds to the same is told apart by its digits.
  return text.trim() === '' || Number.isNaN(number) ? undefined : { number, text }
}

const plainText = (text: string): SortKey => ({ number: 0, text })

const booleanKey = (text: string): SortKey | undefined => {
  const is = /^(?:t|true|1|yes|on)$/i.test(text)
  return is || /^(?:f|false|0|no|off)$/i.test(text) ? { number: Number(is), text: '' } : undefined
}

const moment =
  /^(?<year>\d{4,})-(?<month>\d\d)-(?<day>\d\d)(?:[ T](?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*(?<zone>Z|[+-]\d\d(?::?\d\d){0,2})?)?(?<bc> BC)?$/i

const momentKey = (text: string): SortKey | undefined => {
  if (/^-?infinity$/i.test(text)) return { number: text.startsWith('-') ? -Infinity : Infinity, text: '' }
  const { year, month, day, time = '00:00', zone = 'Z', bc } = moment.exec(text)?.groups ?? {}
  if (year === undefined) return undefined
  const days = daysOf(bc ? 1 - Number(year) : Number(year), Number(month), Number(day))
  const { seconds, fraction } = clock(time)
  return { number: days * 86_400 + seconds - offsetOf(zone), text: fraction }
}

const timeKey = (text: string): SortKey | undefined => {
  const found = /^(-?)(\d+:\d\d(?::\d\d(?:\.\d+)?)?)\s*(Z|[+-]\d\d(?::?\d\d){0,2})?$/.exec(text)
  if (!found?.[2]) return undefined
  const { seconds, fraction } = clock(found[2])
  const size = seconds + Number(`0.${fraction || '0'}`)
  return { number: (found[1] ? -size : size) - offsetOf(found[3] ?? 'Z'), text: '' }
}

const units = { year: 31_104_000, mon: 2_592_000, week: 604_800, day: 86_400, hour: 3_600, min: 60, sec: 1 }

/** As PostgreSQL compares them: a month has thirty days. */
const intervalKey = (text: string): SortKey | undefined => {
  const parts = [...text.matchAll(/(-?\d+(?:\.\d+)?) (year|mon|week|day|hour|min|sec)[a-z]*/g)]
  const time = /(?:^| )([+-]?)(\d+:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text)
  if (parts.length === 0 && !time) return undefined
  const whole = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * units[unit as keyof typeof units], 0)
  const { seconds, fraction } = clock(time?.[2] ?? '00:00')
  const rest = seconds + Number(`0.${fraction || '0'}`)
  return { number: whole + (time?.[1] === '-' ? -rest : rest), text: '' }
}

const readers: Partial<Record<Kind, (text: string) => SortKey | undefined>> = {
  integer: numberKey,
  decimal: numberKey,
  float: numberKey,
  boolean: booleanKey,
  date: momentKey,
  timestamp: momentKey,
  time: timeKey,
  interval: intervalKey,
  text: plainText,
  json: plainText,
  binary: plainText,
  array: plainText,
  uuid: plainText,
  geometry: plainText,
  other: plainText,
}

const clock = (text: string): { seconds: number; fraction: string } => {
  const [hours = '0', minutes = '0', rest = '0'] = text.split(':')
  const [seconds = '0', fraction = ''] = rest.split('.')
  return {
    seconds: Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds),
    fraction: fraction.replace(/0+$/, ''),
  }
}

const offsetOf = (zone: string): number => {
  const [hours = 0, minutes = 0, seconds = 0] = (zone.match(/\d\d/g) ?? []).map(Number)
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3_600 + minutes * 60 + seconds)
}

/** Days since 1970 in the calendar of today, for years that the clock of JavaScript does not know. */
const daysOf = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** Of numbers that are the same double. */
const compareDecimals = (a: string, b: string): number => {
  const [left, right] = [digitsOf(a), digitsOf(b)]
  if (!left || !right) return byCode(a, b)
  const size =
    left.whole.length - right.whole.length || byCode(left.whole, right.whole) || byCode(left.rest, right.rest)
  return left.isNegative ? 0 - size : size
}

const digitsOf = (text: string) => {
  const found = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text)
  return found && { isNegative: found[1] === '-', whole: found[2] ?? '', rest: found[3] ?? '' }
}
