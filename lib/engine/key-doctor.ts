import { placeOf } from '#lib/credentials/destination'
import { KeyProblem } from '#lib/vault/key-problem'
import type { Keyring } from '#lib/vault/keyring'
import { Refusal, type RefusalReason } from '#lib/vault/refusal'
import { keyIdOf, open, type SealContext } from '#lib/vault/seal'
import type { KeyHolder } from './keys.ts'
import type { KeyDoctorReport } from './protocol.ts'
import { allSealedSinks, contextOfSink } from './sealed-sinks-store.ts'
import { pageOfSealed, type SealedVersion } from './store.ts'

const pageSize = 500
const problemsShown = 100

/** Opens every stored secret, keeps none, and says which do not open and what is wrong with the keys. */
export const examine = async (keys: KeyHolder): Promise<KeyDoctorReport> => {
  const ring = await keys.ring()
  const problems: KeyDoctorReport['problems'] = []
  let opened = 0
  let count = 0
  for await (const { row, problem } of allJudged(ring)) {
    if (problem === undefined) {
      opened++
      continue
    }
    count++
    const { credential_id, credential_name: name, version, key_id } = row
    if (problems.length < problemsShown) problems.push({ credential_id, name, version, key_id, problem })
  }
  return { opened, problems, problem_count: count, keys: await keyProblems(keys) }
}

async function* allJudged(ring: Keyring | undefined) {
  for await (const row of allSealed()) yield { row, problem: problemOf(row, ring) }
  for (const sink of await allSealedSinks()) {
    const row = {
      credential_id: sink.id,
      credential_name: `Destination “${sink.name}”`,
      version: 1,
      key_id: sink.keyId,
    }
    const sealed = { envelope: sink.envelope, key_id: sink.keyId }
    yield { row, problem: problemIn(() => openSealed(sealed, contextOfSink(sink), ring)) }
  }
}

async function* allSealed(): AsyncGenerator<SealedVersion> {
  let page: SealedVersion[]
  let last = { credential_id: '', version: 0 }
  do {
    page = await pageOfSealed(last, pageSize)
    yield* page
    last = page.at(-1) ?? last
  } while (page.length === pageSize)
}

/** Where a stored envelope belongs. */
export const contextOf = ({ scope, credential_id, version, kind, sealed_to }: SealedVersion): SealContext => ({
  workspaceId: scope,
  credentialId: credential_id,
  version,
  kind,
  sealedTo: sealed_to,
})

const problemOf = (row: SealedVersion, ring: Keyring | undefined): string | undefined =>
  problemIn(() => {
    const problem = openSealed(row, contextOf(row), ring)
    if (problem !== undefined) return problem
    return row.is_current && row.sealed_to !== placeOf(row.destination, row.meta) ? moved : undefined
  })

const problemIn = (judge: () => string | undefined): string | undefined => {
  try {
    return judge()
  } catch (error) {
    return error instanceof Refusal ? sentences[error.reason] : 'What is in the envelope cannot be read.'
  }
}

const openSealed = (
  { envelope, key_id }: Pick<SealedVersion, 'envelope' | 'key_id'>,
  context: SealContext,
  ring: Keyring | undefined,
): string | undefined => {
  if (keyIdOf(envelope) !== key_id) return 'The envelope names another key than its row: it was changed.'
  open(envelope, context, (id) => ring?.find(id))
  return undefined
}

const changed = 'It was changed outside Jackfield, or belongs to another credential. Enter the secret again.'
const moved = 'Where it may be sent was changed outside Jackfield. Enter the secret again.'
const sentences: Record<RefusalReason, string> = {
  unknown_key: 'Its key is not here. Put the key back, or enter the secret again.',
  unknown_format: 'A newer version of Jackfield sealed it.',
  unknown_suite: 'A newer version of Jackfield sealed it.',
  malformed: changed,
  commitment: changed,
  tag: changed,
  context: changed,
}

/** The source as it is now, not as it was when it was read last; key services are asked again. */
const keyProblems = async ({ provider }: KeyHolder): Promise<string[]> => {
  try {
    const found = await provider.load({ afresh: true })
    for (const { bytes } of found?.keys ?? []) bytes.fill(0)
    return found ? [...found.absent].map(([id, sentence]) => `${id}: ${sentence}`) : [noKey]
  } catch (error) {
    if (error instanceof KeyProblem) return [error.message]
    throw error
  }
}

const noKey = 'The source holds no key. What runs goes on with the keys it has; put them back before it ends.'
