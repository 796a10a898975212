import { JsonWriter } from '../_sql/json-writer.ts'
import type { DiscoveredSchema, DiscoverRequest } from '../contract.ts'
import { versionNumber } from './flavour.ts'
import { explained, open } from './open.ts'
import { relations } from './relations.ts'
import { routines } from './routines.ts'
import { Row } from './row.ts'
import type { Session } from './session.ts'
import { type Dialect, listSchemas, setUpSession } from './sql.ts'
import type { MysqlTarget } from './target.ts'
import { type Line, takeOver } from './wire.ts'

/** Lists databases or relations as NDJSON lines while the server is still sending. */
export async function* discover(target: MysqlTarget, request: DiscoverRequest): AsyncGenerator<Uint8Array, void> {
  let session: Session | undefined
  try {
    session = await open(target)
    const { version } = session.greeting
    const dialect: Dialect = { isMariaDb: /mariadb/i.test(version), version: versionNumber(version) }
    const { query } = session
    for (const statement of setUpSession(dialect, target.limits.total_ms)) await query(statement).catch(() => {})
    const line = takeOver(session.stream)
    const { what, schema, name } = request
    if (what === 'schemas' || (what === 'everything' && name === undefined)) yield* schemas(line, dialect, schema)
    if (what !== 'schemas') yield* relations(line, request, dialect)
    if (what === 'everything' && name === undefined) yield* routines(line, schema)
  } catch (error) {
    throw explained(error, target)
  } finally {
    session?.stream.destroy()
  }
}

async function* schemas(line: Line, dialect: Dialect, schema: string | undefined): AsyncGenerator<Uint8Array, void> {
  const row = new Row()
  const out = new JsonWriter()
  for await (const rows of line.ask(listSchemas(dialect, schema))) {
    for (const raw of rows) {
      row.load(raw)
      const found: DiscoveredSchema = {
        type: 'schema',
        name: row.text(0) ?? '',
        comment: row.text(1) || null,
        owner: null,
        relations: row.number(2) ?? 0,
        // A server lists only what the login has some right on.
        usable: true,
      }
      out.line(found)
    }
    if (rows.length > 0) yield out.take()
  }
}
