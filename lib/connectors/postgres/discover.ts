import { AppError } from '#lib/core/errors'
import { causeOf, type Failure, isFailureOf } from '../_test/failure.ts'
import type { DiscoveredSchema, DiscoverRequest } from '../contract.ts'
import { type CauseCode, causes, type FailureContext } from './causes.ts'
import { createRelationWriter, type Dictionary } from './relation-lines.ts'
import { Row } from './row.ts'
import { openSession, type Session } from './session.ts'
import { listKeywords, listNames, listRelations, listSchemas, listTypes, setUpSession, shapeOf } from './sql.ts'
import { type PostgresTarget, settingsOf } from './target.ts'
import { askRaw, type RawRow } from './wire.ts'

/** Lists schemas or relations as NDJSON lines, each kind in one round trip, while the server is still sending. */
export async function* discover(target: PostgresTarget, request: DiscoverRequest): AsyncGenerator<Uint8Array, void> {
  const context: FailureContext = { ...target.config, username: target.credential?.username ?? '' }
  let session: Session | undefined
  try {
    session = await open(target)
    const { rows } = await session.client.query<{ version: number; encoding: string }>({
      text: setUpSession(target.limits.total_ms).sql,
      values: setUpSession(target.limits.total_ms).params,
    })
    const server = rows[0] ?? { version: 0, encoding: 'UTF8' }
    takeOver(session)
    const lines = request.what === 'schemas' ? schemas(session) : relations(session, request, server.version)
    // A database without an encoding may hold bytes that are no text; they become replacement characters.
    for await (const bytes of lines)
      yield server.encoding === 'SQL_ASCII' ? Buffer.from(Buffer.from(bytes).toString('utf8')) : bytes
  } catch (error) {
    throw isFailureOf(causes, error) ? problemOf(error, context) : error
  } finally {
    session?.stream.destroy()
  }
}

const open = async (target: PostgresTarget): Promise<Session> => {
  const stages = openSession(settingsOf(target), target.net, target.limits)
  for (;;) {
    const next = await stages.next()
    if (next.done) return next.value
  }
}

// From here on the rows are read as bytes; pg has done its part.
const takeOver = ({ stream }: Session): void => {
  stream.pause()
  stream.removeAllListeners('data')
}

async function* schemas({ stream }: Session): AsyncGenerator<Uint8Array, void> {
  const row = new Row()
  for await (const rows of askRaw(stream, [listSchemas])) {
    const lines = rows.map(({ bytes, at }) => {
      row.load(bytes, at)
      const found: DiscoveredSchema = {
        type: 'schema',
        name: row.text(0) ?? '',
        comment: row.text(1),
        owner: row.text(2),
        relations: row.int(3),
        usable: row.bool(4),
      }
      return `${JSON.stringify(found)}\n`
    })
    yield Buffer.from(lines.join(''))
  }
}

async function* relations(
  { stream }: Session,
  request: DiscoverRequest,
  version: number,
): AsyncGenerator<Uint8Array, void> {
  const dictionary: Dictionary = { types: new Map(), keywords: new Set(), names: new Map() }
  const shape = shapeOf(request)
  const writer = createRelationWriter(shape, dictionary)
  const readers: ((row: RawRow) => void)[] = [
    ...(shape === 'names' ? [] : [learnType(dictionary)]),
    ...(shape === 'full' || shape === 'single' ? [learnKeyword(dictionary), learnName(dictionary)] : []),
    ({ bytes, at, length }) => writer.write(bytes, at, length),
  ]
  const statements = [
    ...(shape === 'names' ? [] : [listTypes]),
    ...(shape === 'full' || shape === 'single' ? [listKeywords, listNames] : []),
    listRelations(request, version),
  ]
  for await (const rows of askRaw(stream, statements)) {
    for (const row of rows) {
      readers[row.statement]?.(row)
      if (writer.isFull()) yield writer.take()
    }
  }
  const rest = writer.take()
  if (rest.length > 0) yield rest
}

const learnType = (dictionary: Dictionary) => {
  const row = new Row()
  return ({ bytes, at }: RawRow) => {
    row.load(bytes, at)
    dictionary.types.set(bytes.readUInt32BE(row.start(0)), Buffer.from(JSON.stringify(row.text(1) ?? 'unknown')))
  }
}

const learnKeyword = (dictionary: Dictionary) => {
  const row = new Row()
  return ({ bytes, at }: RawRow) => {
    row.load(bytes, at)
    dictionary.keywords.add(row.text(0) ?? '')
  }
}

const learnName = (dictionary: Dictionary) => {
  const row = new Row()
  return ({ bytes, at }: RawRow) => {
    row.load(bytes, at)
    dictionary.names.set(bytes.readUInt32BE(row.start(0)), row.text(1) ?? '')
  }
}

export const problemOf = (failure: Failure<CauseCode>, context: FailureContext): AppError => {
  const cause = causeOf(causes, failure, context)
  const code = failure.code.endsWith('.timeout') ? 'upstream_timeout' : 'upstream_failed'
  return new AppError(code, cause.sentence, { details: { cause }, cause: failure })
}
