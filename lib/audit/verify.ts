import { db } from '#lib/db/client'
import type { Reader } from '#lib/db/reader'
import { emptyHead, type Head } from './chain.ts'
import { ChainCheck, type Statement } from './chain-check.ts'
import type { CheckpointFile } from './checkpoints.ts'
import type { AuditKeys } from './keys.ts'
import type { ChainReport, VerifyProgress } from './schema.ts'
import { allChains, checkpointsOf, headsOf, mayRewriteTrail } from './store.ts'
import { openTrail, sealedAfter, unsealedOf } from './verify-store.ts'

export interface Evidence {
  keys: AuditKeys
  file: CheckpointFile
  /** The ends that a running sealer vouches for. */
  heads: ReadonlyMap<string, Head>
}

/** So few that whoever else waits for this process waits for some milliseconds. */
const pageSize = 1_000
/** More events that were put in are not counted. */
const unsealedMax = 1_000

/** What weakens the trail, though it may be whole. */
export const warnings = async (): Promise<string[]> =>
  (await mayRewriteTrail(db())) ? [`Jackfield's role in the database could rewrite the trail. ${twoRoles}`] : []

const twoRoles = 'Give it a role of its own, as docs/operating.md says under “An external PostgreSQL”.'

export const chainNames = (): Promise<string[]> => allChains(db())

/**
 * Recomputes a chain from its first event and compares it with every statement about it that is outside of the chain.
 * Says after each page how far it is; leaving the loop ends it.
 */
export async function* verifyChain(chain: string, evidence: Evidence): AsyncGenerator<VerifyProgress, ChainReport> {
  const end = (await headsOf(db(), [chain])).get(chain) ?? emptyHead
  const check = new ChainCheck(chain, evidence.keys, await statementsOf(chain, evidence))
  const reader = await openTrail()
  try {
    for await (const rows of pagesOf(reader, chain, end.seq)) {
      for (const row of rows) check.next(row)
      yield { chain, checked: check.events, events: Number(end.seq) }
    }
    check.finish()
    for (const row of await unsealedOf(reader, chain, unsealedMax)) check.unsealed(row)
  } finally {
    await reader.close()
  }
  const { problems, count } = check.findings
  return { chain, events: check.events, problems, problem_count: count }
}

/** The database reads the next page while this one is compared. */
async function* pagesOf(reader: Reader, chain: string, to: bigint) {
  const read = (from: bigint) => {
    const page = sealedAfter(reader, chain, { from, to }, pageSize)
    // Nobody waits for a page when the loop was left; a failure is thrown where it is awaited.
    page.catch(() => undefined)
    return page
  }
  for (let ahead = read(0n); ; ) {
    const rows = await ahead
    const last = rows.at(-1)
    if (!last) return
    ahead = read(last.seq)
    yield rows
  }
}

/** What checkpoints and the running sealer say: by place. */
const statementsOf = async (chain: string, { file, heads }: Evidence): Promise<Map<bigint, Statement[]>> => {
  const found = new Map<bigint, Statement[]>()
  const add = (statement: Statement) => found.set(statement.seq, [...(found.get(statement.seq) ?? []), statement])
  const head = heads.get(chain)
  if (head) add(head)
  for (const one of file.read()) if (one.chain === chain) add(one)
  for (const one of await checkpointsOf(db(), chain)) add(one)
  return found
}
