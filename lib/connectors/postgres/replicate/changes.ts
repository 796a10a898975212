import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import type { ReplicateLine } from '../../contract.ts'

type Change = Extract<ReplicateLine, { type: 'change' }>
type Values = NonNullable<Change['before']>

/** Longest value shown whole, in characters. */
const valueMax = 2_000

/** Reads messages of pgoutput into changes; one reader for a whole stream, since tables are named once. */
export const createChangeReader = (publication: string) => {
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [publication] })
  let committedAt: string | null = null
  return (lsn: string, message: Buffer): Change[] => {
    const parsed = plugin.parse(message)
    if (parsed.tag === 'relation') keepText(parsed)
    if (parsed.tag === 'begin') committedAt = timeOf(parsed.commitTime)
    return changesOf(parsed).map((change) => ({ type: 'change', lsn, committed_at: committedAt, ...change }))
  }
}

/** Values stay as the server writes them: numbers beyond a double and times with a zone are exact only so. */
const keepText = ({ columns }: Pgoutput.MessageRelation): void => {
  for (const column of columns) column.parser = (text: unknown) => text
}

// Microseconds since 1970.
const timeOf = (micros: unknown): string => new Date(Number(BigInt(String(micros)) / 1000n)).toISOString()

const changesOf = (message: Pgoutput.Message): Omit<Change, 'type' | 'lsn' | 'committed_at'>[] => {
  switch (message.tag) {
    case 'insert':
      return [
        { kind: 'insert', ...placeOf(message.relation), before: null, after: valuesOf(message.relation, message.new) },
      ]
    case 'update':
      return [
        {
          kind: 'update',
          ...placeOf(message.relation),
          before: oldOf(message),
          after: valuesOf(message.relation, message.new),
        },
      ]
    case 'delete':
      return [{ kind: 'delete', ...placeOf(message.relation), before: oldOf(message), after: null }]
    case 'truncate':
      return message.relations.map((relation) => ({
        kind: 'truncate',
        ...placeOf(relation),
        before: null,
        after: null,
      }))
    default:
      return []
  }
}

const placeOf = ({ schema, name }: Pgoutput.MessageRelation) => ({ schema, name })

const oldOf = ({ relation, old, key }: Pgoutput.MessageUpdate | Pgoutput.MessageDelete): Values | null => {
  if (old) return valuesOf(relation, old)
  if (!key) return null
  return valuesOf(relation, key).filter(({ name }) => relation.keyColumns.includes(name))
}

const valuesOf = ({ columns, keyColumns }: Pgoutput.MessageRelation, row: Record<string, unknown>): Values => {
  // With the whole row as identity every column is called a key.
  const isKey = (name: string) => keyColumns.length < columns.length && keyColumns.includes(name)
  return columns.map(({ name }) => ({ name, value: shown(row[name]), key: isKey(name) }))
}

const shown = (value: unknown): Values[number]['value'] => {
  if (value === null) return null
  if (value === undefined) return { kept: true }
  const text = String(value)
  return text.length <= valueMax ? text : { cut: text.slice(0, valueMax), bytes: Buffer.byteLength(text) }
}
