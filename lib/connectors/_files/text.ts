import type { Head, Sheet } from './sheet.ts'

const lineChars = 8_192
const textChars = 512 * 1024

/** Text as it stands: so many lines, none of them endless. */
export const readText = ({ text, isWhole, rows }: Head): Sheet => {
  const shown: string[] = []
  let length = 0
  let at = 0
  let isCut = false
  while (at < text.length && shown.length < rows && length < textChars) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    isCut ||= end - at > lineChars
    const line = text.slice(at, Math.min(end, at + lineChars))
    shown.push(line)
    length += line.length + 1
    at = end + 1
  }
  const notes = isCut ? [`Long lines are cut after ${lineChars.toLocaleString('en')} characters.`] : []
  return {
    columns: [],
    rows: [],
    text: shown.join('\n').toWellFormed(),
    notes,
    truncated: !isWhole || at < text.length,
  }
}
