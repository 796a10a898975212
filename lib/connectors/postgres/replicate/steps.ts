import { quoteIdent, quoteLiteral } from '../../_sql/quote.ts'
import type { RelationName, ReplicateLine, ReplicationPlan } from '../../contract.ts'
import { qualified } from './checks.ts'
import type { Facts } from './facts.ts'

type StepLine = Extract<ReplicateLine, { type: 'step' }>

/** A step at the server as it is now, and its way back. */
export interface Step {
  id: string
  title: string
  /** Statements in their order; none where nothing is left to do. */
  run: string[]
  /** The way back for what `run` touches, or did touch. */
  undo(touched: readonly RelationName[]): string[]
  touches: RelationName[]
}

/** What leads from the server as it is to a slot that can be read. */
export const stepsOf = (facts: Facts, plan: ReplicationPlan): Step[] => [
  identityStep(facts),
  ...(plan.heartbeat ? [heartbeatStep(facts, plan.heartbeat)] : []),
  publicationStep(facts, plan),
  slotStep(facts, plan),
]

export const stepLine = ({ id, title, run, undo, touches }: Step): StepLine => ({
  type: 'step',
  id,
  title,
  sql: run.join('\n'),
  undo_sql: undo(touches).join('\n'),
  done: run.length === 0,
})

const identityStep = ({ tables }: Facts): Step => {
  const without = tables.filter(
    ({ kind, identity, identity_index }) => isTable(kind) && identity !== 'f' && !identity_index,
  )
  return {
    id: 'identity',
    title: 'Give tables without a key an identity',
    run: without.map((table) => `ALTER TABLE ${qualified(table)} REPLICA IDENTITY FULL;`),
    undo: (touched) => touched.map((table) => `ALTER TABLE ${qualified(table)} REPLICA IDENTITY DEFAULT;`),
    touches: without.map(({ schema, name }) => ({ schema, name })),
  }
}

const isTable = (kind: string | null): boolean => kind === 'r' || kind === 'p'

const heartbeatStep = ({ heartbeat }: Facts, table: RelationName): Step => {
  const name = qualified(table)
  return {
    id: 'heartbeat',
    title: 'Make a table for heartbeats',
    run:
      heartbeat?.kind === 'r'
        ? []
        : [
            `CREATE TABLE ${name} (id int PRIMARY KEY CHECK (id = 1), beat_at timestamptz NOT NULL);`,
            `INSERT INTO ${name} VALUES (1, now());`,
          ],
    undo: (touched) => touched.map((one) => `DROP TABLE ${qualified(one)};`),
    touches: heartbeat?.kind === 'r' ? [] : [table],
  }
}

const publicationStep = ({ publication, tables, heartbeat }: Facts, plan: ReplicationPlan): Step => {
  const wanted = heartbeat ? [...tables, heartbeat] : tables
  const missing = publication?.all_tables ? [] : wanted.filter(({ published }) => !published)
  const name = quoteIdent(plan.publication)
  const list = (of: readonly RelationName[]) => of.map(qualified).join(', ')
  const touches = missing.map(({ schema, name: table }) => ({ schema, name: table }))
  return {
    id: 'publication',
    title: publication ? 'Add the tables to the publication' : 'Make the publication',
    run:
      missing.length === 0
        ? []
        : [
            `${publication ? `ALTER PUBLICATION ${name} ADD TABLE` : `CREATE PUBLICATION ${name} FOR TABLE`} ${list(missing)};`,
          ],
    undo: (touched) => {
      if (touched.length === 0) return []
      // One that would be left empty was made by this step, or nobody needs it.
      const isWhole = (publication?.members ?? 0) <= touched.length
      return [isWhole ? `DROP PUBLICATION ${name};` : `ALTER PUBLICATION ${name} DROP TABLE ${list(touched)};`]
    },
    touches,
  }
}

const slotStep = ({ slot }: Facts, { slot: name }: ReplicationPlan): Step => ({
  id: 'slot',
  title: 'Make the replication slot',
  run: slot ? [] : [`SELECT pg_create_logical_replication_slot(${quoteLiteral(name)}, 'pgoutput');`],
  undo: () => [`SELECT pg_drop_replication_slot(${quoteLiteral(name)});`],
  touches: [],
})
