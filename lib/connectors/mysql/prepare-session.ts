import { AppError } from '#lib/core/errors'
import type { QueryRequest } from '../contract.ts'
import type { Session } from './session.ts'
import { type Reading, readingOf } from './words.ts'

/** A session as the server keeps it: what finds it again among all others, also after its number was given anew. */
export interface Place {
  id: number
  /** Address and port it sees us at. */
  from: string
}

export interface Prepared {
  reading: Reading
  place: Place | undefined
}

/**
 * Makes a fresh session one in which only reading is possible (SQL-1). Its default is read-only, which a statement made of
 * several could lift; and its one statement runs in a read-only transaction that only whoever knows its name can end, so
 * that what is lifted stays without effect and nothing is committed on the way.
 */
export const prepareSession = async (
  { query, greeting }: Session,
  mode: QueryRequest['mode'],
  leftMs: number,
): Promise<Prepared> => {
  // A server may begin a transaction at every login, and have it write.
  await query('ROLLBACK')
  await query('SET NAMES utf8mb4, SESSION autocommit = 1')
  if (mode === 'read') await query('SET SESSION TRANSACTION READ ONLY').catch(notKept)
  await query(limitOf(greeting.version, leftMs)).catch(() => {})
  const variables = new Map(
    (
      await query(`SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', 'tx_read_only', 'transaction_read_only')`)
    ).map((row) => Object.values(row).map(String) as [string, string]),
  )
  if (mode === 'read' && !['tx_read_only', 'transaction_read_only'].some((name) => isOn(variables.get(name)))) notKept()
  const place = await placeOf(query)
  if (mode === 'read') await lockIn(query)
  return { reading: readingOf(variables.get('sql_mode') ?? ''), place }
}

/** Servers without distributed transactions get an ordinary one. */
const lockIn = async (query: Session['query']): Promise<void> => {
  const name = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex')
  await query(`XA START X'${name}'`).catch(() => query('START TRANSACTION READ ONLY'))
}

const notKept = (): never => {
  throw new AppError(
    'unprocessable',
    'This server cannot keep a session read-only, so nothing is run on it in read-only mode.',
  )
}

const isOn = (value: string | undefined): boolean => value === 'ON' || value === '1'

/** The server's own limit, which a statement may lift; whoever runs it keeps a clock as well. */
const limitOf = (version: string, leftMs: number): string => {
  const ms = Math.max(1, Math.ceil(leftMs))
  return /mariadb/i.test(version)
    ? `SET SESSION max_statement_time = ${ms / 1000}`
    : `SET SESSION max_execution_time = ${ms}`
}

const placeOf = async (query: Session['query']): Promise<Place | undefined> => {
  const [row] = await query(
    'SELECT ID AS id, HOST AS host FROM information_schema.processlist WHERE ID = CONNECTION_ID()',
  ).catch(() => [])
  const id = Number(row?.id)
  return Number.isSafeInteger(id) && typeof row?.host === 'string' && row.host !== ''
    ? { id, from: row.host }
    : undefined
}
