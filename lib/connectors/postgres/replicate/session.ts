import { type Client, DatabaseError } from 'pg'
import { AppError } from '#lib/core/errors'
import { explained, open } from '../open.ts'
import type { Session } from '../session.ts'
import type { PostgresTarget } from '../target.ts'

/** Logs in, sets what every session for change data capture starts with, and closes it whatever happens. */
export async function* inSession(
  target: PostgresTarget,
  work: (client: Client) => AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  let session: Session | undefined
  try {
    session = await open(target)
    const { client, stream } = session
    target.signal.addEventListener('abort', () => stream.destroy(), { once: true })
    await client.query(
      "select set_config('search_path', 'pg_catalog', false), set_config('lock_timeout', '5000', false)",
    )
    await client.query(`set statement_timeout = ${statement_ms}`)
    yield* work(client)
  } catch (error) {
    throw target.signal.aborted ? error : problemOf(error, target)
  } finally {
    session?.stream.destroy()
  }
}

/** A new slot waits for open transactions; longer than this and somebody has to look. */
const statement_ms = 30_000

const problemOf = (error: unknown, target: PostgresTarget): unknown =>
  error instanceof DatabaseError
    ? new AppError('unprocessable', said(error), { cause: error })
    : explained(error, target)

/** The server's own sentence: whoever sets replication up has to read it. */
const said = ({ message, hint, code }: DatabaseError): string => {
  if (code === '57014') return 'It took longer than 30 seconds and was stopped. An open transaction may be in the way.'
  if (code === '55P03') return 'Another session holds a lock that this step needs. Try again when it is done.'
  const text = [`PostgreSQL refused: ${message}.`, hint].filter(Boolean).join(' ')
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 1_000)
}
