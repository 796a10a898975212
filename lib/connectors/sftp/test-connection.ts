import { within } from '#lib/core/within'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import type { TestOutcome, TestStage } from '../contract.ts'
import { causes } from './causes.ts'
import { Failure, lateness, stage } from './failure.ts'
import { contextOf } from './files.ts'
import { insideOf } from './folder.ts'
import { openSession, type Session, type SftpTarget } from './session.ts'

/** The staged test: yields every stage as it goes and returns one outcome, whatever the server does. */
export async function* testConnection(target: SftpTarget): AsyncGenerator<TestStage, TestOutcome> {
  const context = contextOf(target)
  let session: Session | undefined
  try {
    session = yield* openSession(target)
    const folder = yield* lookAround(session, target)
    const server = { key_type: session.keyType, fingerprint: session.fingerprint, folder }
    const { latency_ms } = session
    return { success: true, message: 'Connected successfully (ssh2)', driver: 'ssh2', server, cause: null, latency_ms }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, context)
    const latency_ms = session?.latency_ms ?? null
    return { success: false, message: cause.sentence, driver: 'ssh2', server: null, cause, latency_ms }
  } finally {
    session?.socket.destroy()
  }
}

async function* lookAround(
  { files, socket }: Session,
  { config, limits }: SftpTarget,
): AsyncGenerator<TestStage, string> {
  return yield* stage('folder', async () => {
    const late = () => lateness('folder.timeout', limits.auth_ms, socket)
    const { root } = await within(insideOf(files, config.start_folder), late())
    const { kind } = await within(files.look(root), late())
    if (kind !== 'folder') throw new Failure('folder.not_a_folder')
    const first = await within(firstPortion(files.list(root)), late())
    const count = first.filter((name) => name !== '.' && name !== '..').length
    return {
      value: root,
      sentence: count === 0 ? `“${root}” can be listed and is empty.` : `“${root}” can be listed.`,
      evidence: { folder: root, entries_at_first: count },
    }
  })
}

const firstPortion = async (portions: AsyncGenerator<{ name: string }[], void>): Promise<string[]> => {
  const { value } = await portions.next()
  await portions.return()
  return (value ?? []).map(({ name }) => name)
}
