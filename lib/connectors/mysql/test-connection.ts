import { within } from '#lib/core/within'
import { quoteLiteral } from '../_sql/quote.ts'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import type { TestOutcome, TestStage } from '../contract.ts'
import { causes, type FailureContext } from './causes.ts'
import { type Facts, readFacts } from './facts.ts'
import { failureOf, lateness, stage } from './failure.ts'
import { changesOf, warningOf } from './grants.ts'
import { quoteName } from './quote.ts'
import { openSession, type Session } from './session.ts'
import { type MysqlTarget, settingsOf } from './target.ts'

/** The staged test: yields every stage as it goes and returns one outcome, whatever the server does. */
export async function* testConnection(target: MysqlTarget): AsyncGenerator<TestStage, TestOutcome> {
  const context: FailureContext = { ...target.config, username: target.credential?.username ?? '' }
  let session: Session | undefined
  try {
    session = yield* openSession(settingsOf(target), target.net, target.limits)
    const facts = yield* inspect(session, context, target)
    return {
      success: true,
      message: 'Connected successfully (mysql2)',
      driver: 'mysql2',
      server: serverOf(facts),
      cause: null,
      latency_ms: session.latency_ms,
    }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, context)
    const latency_ms = session?.latency_ms ?? null
    return { success: false, message: cause.sentence, driver: 'mysql2', server: null, cause, latency_ms }
  } finally {
    session?.end()
  }
}

async function* inspect(
  session: Session,
  context: FailureContext,
  { limits }: MysqlTarget,
): AsyncGenerator<TestStage, Facts> {
  const facts = yield* stage('database', async () => {
    const asked = readFacts(session, context.database).catch((error: unknown) =>
      Promise.reject(failureOf(error, 'database')),
    )
    const found = await within(asked, lateness('database', limits.auth_ms, session.stream))
    const { version, flavour, charset, read_only, sql_mode, time_zone } = found
    return {
      value: found,
      sentence: `${flavour} ${version}, ${read_only ? 'read-only' : 'writable'}${charset ? `, ${charset}` : ''}.`,
      evidence: { version, flavour, read_only, charset, sql_mode, time_zone, database: context.database },
    }
  })
  yield* stage('grants', async () => ({ value: undefined, ...grantsOf(facts, context) }))
  return facts
}

const grantsOf = ({ rights, tables, account, client }: Facts, { username, database }: FailureContext) => {
  const evidence = {
    account,
    client,
    tables,
    on_server: rights.global,
    on_database: rights.database,
    on_tables: rights.tables,
    grant_option: rights.grant_option,
  }
  const mayRead = rights.database.includes('SELECT') || rights.tables.includes('SELECT')
  const counted = `${tables} ${tables === 1 ? 'table or view' : 'tables and views'} to be seen`
  const some = tables === 0 ? `“${database}” shows no tables to this login` : counted
  const script = leastPrivilege(client, database)
  const danger = warningOf(rights, username)
  if (danger) return { status: 'warning' as const, sentence: `${some}; ${danger}`, evidence: { ...evidence, script } }
  const warning =
    rights.known && !mayRead && tables > 0 ? `grant SELECT to read them: ${grantSelect(account, database)}` : undefined
  if (warning) return { status: 'warning' as const, sentence: `${some}; ${warning}`, evidence }
  const changes = changesOf(rights)
  if (changes.length > 0) {
    const sentence = `${some}; “${username}” may change them (${changes.join(', ')}). To read, an account of its own is enough.`
    return { status: 'warning' as const, sentence, evidence: { ...evidence, script } }
  }
  return { status: 'passed' as const, sentence: `${some}.`, evidence }
}

/** An account that can do what reading needs, ready to paste. */
const leastPrivilege = (client: string, database: string): string => {
  const reader = `${quoteLiteral('jackfield_reader')}@${quoteLiteral(client === '' ? '%' : client)}`
  return [
    `CREATE USER ${reader} IDENTIFIED BY '<a long random password>';`,
    `GRANT SELECT, SHOW VIEW ON ${quoteName(database)}.* TO ${reader};`,
  ].join('\n')
}

const grantSelect = (account: string, database: string): string => {
  const [, user = '', host = '%'] = /^(.*)@([^@]*)$/s.exec(account) ?? []
  return `GRANT SELECT ON ${quoteName(database)}.* TO ${quoteLiteral(user)}@${quoteLiteral(host)};`
}

const serverOf = (facts: Facts): TestOutcome['server'] => ({
  version: facts.version,
  flavour: facts.flavour,
  user: facts.account,
  replica: facts.read_only,
  encoding: facts.charset,
  sql_mode: facts.sql_mode,
  time_zone: facts.time_zone,
})
