/** A value of a cell; what is not there is an empty cell. */
export type CsvValue = string | number | boolean | null | undefined

// A spreadsheet runs a cell that begins with one of these as a formula (API-13), also behind spaces it skips.
const formula = /^[\s\u00a0\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
const plainNumber = /^-?\d+(\.\d+)?$/

/** One line of a CSV file (RFC 4180), with formulas made text by a leading apostrophe. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(csvCell).join(',')}\r\n`

/** One cell: quoted where it has to be, never a formula. A number stays a number. */
export const csvCell = (value: CsvValue): string => {
  if (value === null || value === undefined) return ''
  const safe = withoutFormula(String(value))
  return /[",\r\n\t']|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The same text, made a text for spreadsheets too where they would take it for a formula. */
export const withoutFormula = (text: string): string =>
  formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
