import { setTimeout as sleep } from 'node:timers/promises'
import { open } from './open.ts'
import type { Place } from './prepare-session.ts'
import { textLiteral } from './quote.ts'
import type { Session } from './session.ts'
import type { MysqlTarget } from './target.ts'

const lookEveryMs = 20
/** How long it is watched whether the work is gone. */
const watchedMs = 600

/**
 * Ends a session's work on the server, over a second login: a line that is cut goes unnoticed by a statement that runs
 * (M9). Only the very session is ended: its number and the address it came from, which no other has at the same time.
 */
export const stopWork = async (target: MysqlTarget, place: Place | undefined): Promise<void> => {
  if (!place) return
  let second: Session | undefined
  try {
    second = await open(target)
    const { query } = second
    const isThere = async () => (await query(lookFor(place))).length > 0
    if (!(await isThere())) return
    await query(`KILL ${place.id}`)
    for (const until = performance.now() + watchedMs; performance.now() < until && (await isThere()); )
      await sleep(lookEveryMs)
  } catch {
    // The server's own limit ends it then.
  } finally {
    second?.stream.destroy()
  }
}

const lookFor = ({ id, from }: Place): string =>
  `SELECT 1 AS found FROM information_schema.processlist WHERE ID = ${id} AND HOST = ${textLiteral(from)}`
