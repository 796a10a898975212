import { encodeLines } from '#lib/core/ndjson'
import type { Discovered, DiscoveredSchema, DiscoverRequest } from '../contract.ts'
import { type ObjectList, objectLists } from './object-lines.ts'
import { explained, open } from './open.ts'
import { createRelationWriter, type Dictionary } from './relation-lines.ts'
import { Row } from './row.ts'
import type { Session } from './session.ts'
import {
  listKeywords,
  listNames,
  listRelations,
  listSchemas,
  listStamps,
  listTypes,
  type Statement,
  setUpSession,
  shapeOf,
} from './sql.ts'
import { fingerprints, stampBase } from './stamps.ts'
import type { PostgresTarget } from './target.ts'
import { askRaw, type RawRow } from './wire.ts'

/** Lists schemas or relations as NDJSON lines, each kind in one round trip, while the server is still sending. */
export async function* discover(target: PostgresTarget, request: DiscoverRequest): AsyncGenerator<Uint8Array, void> {
  let session: Session | undefined
  try {
    session = await open(target)
    const { sql, params } = setUpSession(target.limits.total_ms)
    const { rows } = await session.client.query<{ version: number; encoding: string }>(sql, params)
    const server = rows[0] ?? { version: 0, encoding: 'UTF8' }
    takeOver(session)
    const lines = linesOf(session, request, server.version)
    // A database without an encoding may hold bytes that are no text; they become replacement characters.
    for await (const bytes of lines)
      yield server.encoding === 'SQL_ASCII' ? Buffer.from(Buffer.from(bytes).toString('utf8')) : bytes
  } catch (error) {
    throw explained(error, target)
  } finally {
    session?.stream.destroy()
  }
}

const linesOf = (session: Session, request: DiscoverRequest, version: number) => {
  if (request.what === 'everything') return everything(session, request, version)
  return request.what === 'schemas' ? schemas(session) : relations(session, request, version)
}

// From here on the rows are read as bytes; pg has done its part.
const takeOver = ({ stream }: Session): void => {
  stream.pause()
  stream.removeAllListeners('data')
}

async function* schemas({ stream }: Session): AsyncGenerator<Uint8Array, void> {
  const row = new Row()
  for await (const rows of askRaw(stream, [listSchemas()])) yield* encode(rows.map((raw) => schemaOf(row, raw)))
}

const schemaOf = (row: Row, { bytes, at }: RawRow): DiscoveredSchema => {
  row.load(bytes, at)
  return {
    type: 'schema',
    name: row.text(0) ?? '',
    comment: row.text(1),
    owner: row.text(2),
    relations: row.int(3),
    usable: row.bool(4),
  }
}

function* encode(lines: readonly Discovered[]): Generator<Uint8Array> {
  if (lines.length > 0) yield encodeLines(lines)
}

/** All that a refresh keeps: whether anything changed, and then what there is, or which relations are other than they were. */
async function* everything(
  session: Session,
  request: DiscoverRequest,
  version: number,
): AsyncGenerator<Uint8Array, void> {
  const { schema, name, unless, only } = request
  if (only) return yield* relations(session, request, version)
  const around = {
    before: name === undefined ? [listSchemas(schema)] : [],
    after: name === undefined ? objectLists(version, schema) : [],
  }
  if (schema !== undefined) return yield* relations(session, request, version, around)
  const [head, rest] = fingerprints(version)
  // All of it is read as of one moment, so that it does not matter what is asked first.
  const begun = await readText(session, head, [oneMoment])
  const readValue = async () => `${begun};${await readText(session, rest)}`
  // Usually the beginning tells; then the rest is asked while what there is to read is compared.
  const value = unless?.startsWith(`${begun};`) ? await readValue() : undefined
  if (value !== undefined && value === unless) return yield* encode([{ type: 'fingerprint', value }])
  const { base, found } = await readBase(session, version)
  // Before the long answer, so that whoever compares can get ready.
  yield* encode(found)
  yield* relations(session, request, version, { after: around.after, before: [], isBrief: base === request.stamps })
  yield* encode([{ type: 'fingerprint', value: value ?? (await readValue()), base }])
}

const oneMoment: Statement = { sql: 'begin isolation level repeatable read read only', params: [] }

const readBase = async ({ stream }: Session, version: number) => {
  const row = new Row()
  const found: DiscoveredSchema[] = []
  let base = ''
  for await (const rows of askRaw(stream, [{ sql: stampBase(version), params: [] }, listSchemas()])) {
    for (const raw of rows) {
      if (raw.statement === 1) found.push(schemaOf(row, raw))
      else {
        row.load(raw.bytes, raw.at)
        base = row.text(0) ?? ''
      }
    }
  }
  return { base, found }
}

const readText = async ({ stream }: Session, sql: string, before: readonly Statement[] = []): Promise<string> => {
  const row = new Row()
  let text = ''
  for await (const rows of askRaw(stream, [...before, { sql, params: [] }])) {
    for (const { bytes, at } of rows) {
      row.load(bytes, at)
      text = row.text(0) ?? ''
    }
  }
  return text
}

/** What is asked in the same round trip as the relations: schemas before them, all else behind them. */
interface Around {
  before: readonly Statement[]
  after: readonly ObjectList[]
  /** Of relations only their stamps. */
  isBrief?: boolean
}

async function* relations(
  { stream }: Session,
  request: DiscoverRequest,
  version: number,
  { before, after, isBrief = false }: Around = { before: [], after: [] },
): AsyncGenerator<Uint8Array, void> {
  const dictionary: Dictionary = { types: new Map(), keywords: new Set(), names: new Map() }
  const shape = shapeOf(request)
  const writer = createRelationWriter(shape, dictionary)
  const row = new Row()
  const isFull = !isBrief && shape !== 'names' && shape !== 'columns'
  const asked: Asked[] = [
    ...before.map((statement): Asked => [statement, (raw) => writer.line(schemaOf(row, raw))]),
    ...(shape === 'names' || isBrief ? [] : [[listTypes, learnType(dictionary)] satisfies Asked]),
    ...(isFull
      ? ([
          [listKeywords, learnKeyword(dictionary)],
          [listNames, learnName(dictionary)],
        ] satisfies Asked[])
      : []),
    isBrief
      ? [listStamps(version), ({ bytes, at, length }) => writer.stamp(bytes, at, length)]
      : [listRelations(request, version), ({ bytes, at, length }) => writer.write(bytes, at, length)],
    ...after.map(
      ({ statement, line }): Asked => [
        statement,
        ({ bytes, at }) => {
          row.load(bytes, at)
          writer.line(line(row))
        },
      ],
    ),
  ]
  for await (const rows of askRaw(
    stream,
    asked.map(([statement]) => statement),
  )) {
    for (const raw of rows) {
      asked[raw.statement]?.[1](raw)
      if (writer.isFull()) yield writer.take()
    }
  }
  const rest = writer.take()
  if (rest.length > 0) yield rest
}

type Asked = [Statement, (row: RawRow) => void]

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
