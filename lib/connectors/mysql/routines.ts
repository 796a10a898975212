import { JsonWriter } from '../_sql/json-writer.ts'
import type { DiscoveredRoutine } from '../contract.ts'
import { Failure } from './failure.ts'
import { Row } from './row.ts'
import { listRoutines } from './sql.ts'
import type { Line } from './wire.ts'

/** Functions and procedures of a database, or of all, as far as the account sees them; some servers and accounts show none. */
export async function* routines(line: Line, schema: string | undefined): AsyncGenerator<Uint8Array, void> {
  const row = new Row()
  const out = new JsonWriter()
  try {
    for await (const rows of line.ask(listRoutines(schema))) {
      for (const raw of rows) {
        row.load(raw)
        out.line(routineOf(row))
      }
      if (rows.length > 0) yield out.take()
    }
  } catch (error) {
    if (!(error instanceof Failure && error.code === 'query.failed')) throw error
  }
}

const routineOf = (row: Row): DiscoveredRoutine => {
  const kind = row.text(2) === 'PROCEDURE' ? 'procedure' : 'function'
  return {
    type: 'routine',
    schema: row.text(0) ?? '',
    name: row.text(1) ?? '',
    kind,
    // A function may have the name of a procedure; without parameters nothing else tells them apart.
    arguments: row.text(3) ?? (kind === 'procedure' && row.text(8) === '1' ? 'PROCEDURE' : ''),
    returns: row.text(4) || null,
    language: row.text(5)?.toLowerCase() || null,
    comment: row.text(6) || null,
    definition: row.text(7),
  }
}
