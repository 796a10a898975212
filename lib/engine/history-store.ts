import { db } from '#lib/db/client'

/** Deletes what was run more than 90 days ago, some thousand rows at a time; answers how many there were. */
export const dropOldRuns = async (now = new Date()): Promise<number> => {
  const before = new Date(now.getTime() - 90 * 86_400_000)
  for (let dropped = 0; ; ) {
    const count = await db().$executeRaw`
      delete from query_runs where id in (select id from query_runs where started_at < ${before} limit 5000)`
    dropped += count
    if (count === 0) return dropped
  }
}
