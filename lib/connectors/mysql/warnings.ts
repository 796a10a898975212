import type { Asking } from './answer.ts'
import { Row } from './row.ts'

const warningsMax = 100
const lengthMax = 2_000

/** What the server remarked on the statement before. */
export const readWarnings = async (asking: Asking): Promise<string[]> => {
  const row = new Row(3)
  const found: string[] = []
  for await (const answer of asking.ask(`SHOW WARNINGS LIMIT ${warningsMax}`, (total) => Math.min(total, lengthMax))) {
    if (answer.type !== 'rows') continue
    for (const raw of answer.rows) {
      row.load(raw)
      found.push(`${row.text(0)} ${row.text(1)}: ${row.text(2)}`.slice(0, lengthMax))
    }
  }
  return found
}
