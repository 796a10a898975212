import { DatabaseError } from 'pg'
import { within } from '#lib/core/within'
import { quoteIdent } from '../_sql/quote.ts'
import { causeOf, isFailureOf } from '../_test/failure.ts'
import type { TestOutcome, TestStage } from '../contract.ts'
import { causes, type FailureContext } from './causes.ts'
import { type Facts, readFacts } from './facts.ts'
import { Failure, failureOf, lateness, stage } from './failure.ts'
import { openSession, type Session } from './session.ts'
import { type PostgresTarget, settingsOf } from './target.ts'

/** The staged test: yields every stage as it goes and returns one outcome, whatever the server does. */
export async function* testConnection(target: PostgresTarget): AsyncGenerator<TestStage, TestOutcome> {
  const context: FailureContext = { ...target.config, username: target.credential?.username ?? '' }
  let session: Session | undefined
  try {
    const settings = settingsOf(target)
    session = yield* openSession(settings, target.net, target.limits)
    const facts = yield* inspect(session, context, target)
    const server = serverOf(facts)
    return {
      success: true,
      message: 'Connected successfully (pg)',
      driver: 'pg',
      server,
      cause: null,
      latency_ms: session.latency_ms,
    }
  } catch (error) {
    if (!isFailureOf(causes, error)) throw error
    const cause = causeOf(causes, error, context)
    const latency_ms = session?.latency_ms ?? null
    return { success: false, message: cause.sentence, driver: 'pg', server: null, cause, latency_ms }
  } finally {
    session?.client.end().catch(() => {})
  }
}

async function* inspect(
  session: Session,
  context: FailureContext,
  { limits }: PostgresTarget,
): AsyncGenerator<TestStage, Facts> {
  const { database, schema, username } = context
  const facts = yield* stage('database', async () => {
    const asked = readFacts(session.client, schema).catch((error: unknown) => Promise.reject(queryFailure(error)))
    const found = await within(asked, lateness('database', limits.auth_ms, session.stream))
    if (!found) throw new Failure('query.failed')
    const kind = found.in_recovery ? 'a read-only replica' : 'the primary'
    return {
      value: found,
      sentence: `PostgreSQL ${found.version}, ${kind}, ${found.encoding}.`,
      evidence: { version: found.version, in_recovery: found.in_recovery, encoding: found.encoding, database },
    }
  })
  yield* stage('schema', async () => {
    if (!facts.schema_exists) throw new Failure('schema.not_found', namesFact(facts))
    if (!facts.schema_usage) throw new Failure('schema.no_usage')
    const can = facts.schema_create ? 'look into it and create in it' : 'look into it'
    const evidence = { schema, usage: facts.schema_usage, create: facts.schema_create }
    return { value: undefined, sentence: `“${username}” may ${can}.`, evidence }
  })
  yield* stage('grants', async () => ({ value: undefined, ...grantsOf(facts, context) }))
  return facts
}

const grantsOf = (facts: Facts, { database, schema, username }: FailureContext) => {
  const evidence = {
    relations: facts.relations,
    selectable: facts.selectable,
    writable: facts.writable,
    superuser: facts.superuser,
    bypass_rls: facts.bypass_rls,
    replication: facts.replication,
    dangerous_roles: facts.dangerous_roles,
    write_all: facts.write_all,
    owned: facts.owned,
  }
  const danger = dangers.find(([applies]) => applies(facts))?.[1]
  const some =
    facts.relations === 0
      ? `“${schema}” holds no tables yet`
      : `${facts.selectable} of ${facts.relations} tables and views can be read`
  if (danger) {
    const script = leastPrivilege(database, schema)
    return {
      status: 'warning' as const,
      sentence: `${some}; ${danger(username, facts)}`,
      evidence: { ...evidence, script },
    }
  }
  if (facts.relations > 0 && facts.selectable === 0)
    return { status: 'warning' as const, sentence: `${some}; grant SELECT to “${username}” to read them.`, evidence }
  return { status: 'passed' as const, sentence: `${some}.`, evidence }
}

/** A role that can do what reading needs, ready to paste. */
const leastPrivilege = (database: string, schema: string): string => {
  const place = quoteIdent(schema)
  return [
    `CREATE ROLE jackfield_reader LOGIN PASSWORD '<a long random password>';`,
    `GRANT CONNECT ON DATABASE ${quoteIdent(database)} TO jackfield_reader;`,
    `GRANT USAGE ON SCHEMA ${place} TO jackfield_reader;`,
    `GRANT SELECT ON ALL TABLES IN SCHEMA ${place} TO jackfield_reader;`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${place} GRANT SELECT ON TABLES TO jackfield_reader;`,
  ].join('\n')
}

// A login that can do more than its pipelines need (SQL-3).
const dangers: [(facts: Facts) => boolean, (username: string, facts: Facts) => string][] = [
  [
    (facts) => facts.superuser,
    (name) => `“${name}” is a superuser, which no pipeline needs. Use a role of its own; the guide has the statements.`,
  ],
  [
    (facts) => facts.dangerous_roles.length > 0,
    (name) => `“${name}” can reach files or programs of the server. Revoke ${'pg_read_server_files'} and the like.`,
  ],
  [(facts) => facts.bypass_rls, (name) => `“${name}” ignores row security (BYPASSRLS).`],
  [
    (facts) => facts.write_all,
    (name) => `“${name}” may change every table (pg_write_all_data). To read, a role of its own is enough.`,
  ],
  [
    (facts) => facts.owned > 0,
    (name) => `“${name}” owns tables here and may change or drop them. To read, a role of its own is enough.`,
  ],
  [
    (facts) => facts.writable > 0,
    (name, { writable }) =>
      `“${name}” may change the rows of ${writable === 1 ? 'one' : writable} of them. To read, a role of its own is enough.`,
  ],
]

const serverOf = (facts: Facts): TestOutcome['server'] => ({
  version: facts.version,
  version_num: facts.version_num,
  user: facts.session_user,
  replica: facts.in_recovery,
  encoding: facts.encoding,
})

const namesFact = (facts: Facts) => (facts.schemas.length > 0 ? { detail: facts.schemas.join(', ') } : {})

const queryFailure = (error: unknown) => {
  if (!(error instanceof DatabaseError)) return failureOf(error, 'database')
  const sqlstate = error.code ?? ''
  return new Failure('query.failed', /^[0-9A-Z]{5}$/.test(sqlstate) ? { sqlstate } : {}, { cause: error })
}
