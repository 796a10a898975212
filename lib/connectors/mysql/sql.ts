import { containsPattern } from '../_sql/quote.ts'
import type { DiscoverRequest } from '../contract.ts'
import { textLiteral } from './quote.ts'

/** What discovery needs to know of the server to ask it in the way it answers fast. */
export interface Dialect {
  isMariaDb: boolean
  version: number
}

export interface RelationName {
  schema: string
  name: string
}

/** What sessions for discovery start with; a server that lacks one of these goes on without. */
export const setUpSession = ({ isMariaDb }: Dialect, statementMs: number): string[] => [
  'SET NAMES utf8mb4',
  "SET SESSION sql_mode = ''",
  'SET SESSION TRANSACTION READ ONLY',
  'SET SESSION lock_wait_timeout = 2',
  'SET SESSION group_concat_max_len = 1048576',
  isMariaDb
    ? `SET SESSION max_statement_time = ${Math.ceil(statementMs / 1000)}`
    : `SET SESSION max_execution_time = ${statementMs}`,
]

// Compared and sorted by code points, whatever the catalog's own collation makes equal.
const exact = (column: string) => `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_bin`
const loose = (column: string) => `CONVERT(${column} USING utf8mb4) COLLATE utf8mb4_general_ci`
const is = (column: string, value: string) =>
  `${column} = ${textLiteral(value)} AND ${exact(column)} = ${textLiteral(value)}`
const order = (schema: string, name: string) => `${exact(schema)}, ${exact(name)}`

const isUsers = (column: string) =>
  `LOWER(${column}) NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys', 'metrics_schema')`
const isRelation = `t.table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')`

/** Every database of the user's with its counts: name, comment, relations. */
export const listSchemas = ({ isMariaDb, version }: Dialect, schema?: string): string =>
  `SELECT s.schema_name, ${isMariaDb && version >= 100_502 ? 's.schema_comment' : 'NULL'}, COALESCE(r.relations, 0)
  FROM information_schema.schemata s
  LEFT JOIN (SELECT t.table_schema, COUNT(*) AS relations FROM information_schema.tables t WHERE ${isRelation} GROUP BY t.table_schema) r
    ON r.table_schema = s.schema_name
  WHERE ${isUsers('s.schema_name')} AND ${schema === undefined ? 'TRUE' : is('s.schema_name', schema)} ORDER BY ${exact('s.schema_name')}`

/** Names, kinds and comments: the part that no server opens a table for. */
export const listHeads = (request: DiscoverRequest): string => {
  const where = [isRelation, isUsers('t.table_schema')]
  if (request.schema !== undefined) where.push(is('t.table_schema', request.schema))
  if (request.name !== undefined) where.push(is('t.table_name', request.name))
  if (request.after) {
    const [schema, name] = request.after.map(textLiteral)
    where.push(
      `(${exact('t.table_schema')} > ${schema} OR ${exact('t.table_schema')} = ${schema} AND ${exact('t.table_name')} > ${name})`,
    )
  }
  if (request.q !== undefined && request.q !== '') {
    const pattern = textLiteral(containsPattern(request.q))
    where.push(
      `(${loose('t.table_name')} LIKE ${pattern} OR t.table_type <> 'VIEW' AND ${loose('t.table_comment')} LIKE ${pattern})`,
    )
  }
  return `SELECT t.table_schema, t.table_name, t.table_type, t.table_comment, t.engine FROM information_schema.tables t
    WHERE ${where.join(' AND ')} ORDER BY ${order('t.table_schema', 't.table_name')}${request.limit === undefined ? '' : ` LIMIT ${request.limit}`}`
}

/** Rows and bytes as InnoDB last counted them, of all tables at once; only some accounts may read it. */
export const listInnodbStatistics = (schema: string | undefined): string =>
  `SELECT s.database_name, SUBSTRING_INDEX(s.table_name, '#P#', 1) AS name, SUM(s.n_rows),
    (SUM(s.clustered_index_size) + SUM(s.sum_of_other_index_sizes)) * @@innodb_page_size, MAX(LOCATE('#P#', s.table_name) > 0)
  FROM mysql.innodb_table_stats s ${schema === undefined ? '' : `WHERE s.database_name = ${textLiteral(schema)}`}
  GROUP BY s.database_name, name`

/** The relations to ask about. */
export interface Scope {
  relations: readonly RelationName[]
  /** Asked one by one, where the server reads all of a catalog to answer anything else. */
  isSpelledOut: boolean
  isMariaDb: boolean
  schema: string | undefined
}

/** MariaDB opens every table of a database for a question about some; up to here it is faster to name them. */
const spelledOutMax = 1_000
const batch = 100

export const scopeOf = (relations: readonly RelationName[], request: DiscoverRequest, dialect: Dialect): Scope => ({
  relations,
  isSpelledOut: dialect.isMariaDb && relations.length <= spelledOutMax,
  isMariaDb: dialect.isMariaDb,
  schema: request.schema,
})

interface Question {
  select: string
  from: string
  /** The columns with schema and name of the relation. */
  schema: string
  name: string
  where?: string
  thenBy?: string
}

/** One statement, or one for every hundred relations; their rows come in the order of schema and name all the same. */
const statements = ({ select, from, schema, name, where, thenBy }: Question, scope: Scope): string[] => {
  const rest = where === undefined ? '' : ` AND ${where}`
  const tail = `ORDER BY ${order(schema, name)}${thenBy === undefined ? '' : `, ${thenBy}`}`
  if (!scope.isSpelledOut) {
    const first = scope.relations[0]
    const last = scope.relations.at(-1)
    if (!first || !last) return []
    const range =
      scope.schema === undefined
        ? `${isUsers(schema)} AND ${exact(schema)} BETWEEN ${textLiteral(first.schema)} AND ${textLiteral(last.schema)}`
        : `${is(schema, scope.schema)} AND ${exact(name)} BETWEEN ${textLiteral(first.name)} AND ${textLiteral(last.name)}`
    return [`SELECT ${select} FROM ${from} WHERE ${range}${rest} ${tail}`]
  }
  const groups = Array.from({ length: Math.ceil(scope.relations.length / batch) }, (_, index) =>
    scope.relations.slice(index * batch, (index + 1) * batch),
  )
  // The catalog's own order within one relation is that of its columns and keys; UNION ALL keeps it.
  return groups.map((group) =>
    group
      .map(
        (one) =>
          `(SELECT ${select} FROM ${from} WHERE ${is(schema, one.schema)} AND ${is(name, one.name)}${rest} ${tail})`,
      )
      .join(' UNION ALL '),
  )
}

/** Schema, name, rows, bytes, whether partitioned: what a server may have to open each table for. */
export const listNumbers = (scope: Scope): string[] =>
  statements(
    {
      select: `t.table_schema, t.table_name, t.table_rows, t.data_length + t.index_length, LOCATE('partitioned', t.create_options) > 0`,
      from: 'information_schema.tables t',
      schema: 't.table_schema',
      name: 't.table_name',
      where: `t.table_type <> 'VIEW'`,
    },
    scope,
  )

const column = { from: 'information_schema.columns c', schema: 'c.table_schema', name: 'c.table_name' }

/** Schema, table, column, type, nullable, key; in full also default, extra, expression, comment. */
export const listColumns = (scope: Scope, isFull: boolean): string[] =>
  statements(
    {
      ...column,
      select: `c.table_schema, c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_key${
        isFull ? ', c.column_default, c.extra, c.generation_expression, c.column_comment' : ''
      }`,
      thenBy: 'c.ordinal_position',
    },
    scope,
  )

/** Tables whose key has several columns, so that only theirs need their order looked up. */
export const hasCompositeKeys = (scope: Scope): string[] =>
  statements({ ...column, select: 'c.table_schema, c.table_name', where: `c.column_key = 'PRI'` }, scope).map(
    (sql) => `SELECT 1 FROM (${sql}) keys_of GROUP BY table_schema, table_name HAVING COUNT(*) > 1 LIMIT 1`,
  )

const statistic = { from: 'information_schema.statistics i', schema: 'i.table_schema', name: 'i.table_name' }

/** Schema, table, column, place: of primary keys. */
export const listPrimaryKeys = (scope: Scope): string[] =>
  statements(
    {
      ...statistic,
      select: 'i.table_schema, i.table_name, i.column_name, i.seq_in_index',
      where: `i.index_name = 'PRIMARY'`,
    },
    scope,
  )

/** Schema, table, index, column, not unique, prefix, direction, method, expression. */
export const listIndexes = (scope: Scope, { isMariaDb, version }: Dialect): string[] =>
  statements(
    {
      ...statistic,
      select: `i.table_schema, i.table_name, i.index_name, i.column_name, i.non_unique, i.sub_part, i.collation, i.index_type, ${
        !isMariaDb && version >= 80_013 ? 'i.expression' : 'NULL'
      }`,
      thenBy: 'i.index_name, i.seq_in_index',
    },
    scope,
  )

const keyColumns = `k.table_schema, k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, k.referenced_column_name`
const usage = 'information_schema.key_column_usage k'

/** Schema, table, key, column, and what it refers to: schema, table, column. */
export const listForeignKeys = (scope: Scope): string[] =>
  statements(
    {
      select: keyColumns,
      from: usage,
      schema: 'k.table_schema',
      name: 'k.table_name',
      where: 'k.referenced_table_name IS NOT NULL',
      thenBy: 'k.constraint_name, k.ordinal_position',
    },
    scope,
  )

/** Schema, table, key, what happens to it on update and on delete: of the keys where anything does. */
export const listForeignKeyRules = (scope: Scope): string[] =>
  statements(
    {
      select: 'r.constraint_schema, r.table_name, r.constraint_name, r.update_rule, r.delete_rule',
      from: 'information_schema.referential_constraints r',
      schema: 'r.constraint_schema',
      name: 'r.table_name',
      where: `(r.update_rule NOT IN ('RESTRICT', 'NO ACTION') OR r.delete_rule NOT IN ('RESTRICT', 'NO ACTION'))`,
      thenBy: 'r.constraint_name',
    },
    scope,
  )

/** The same of the keys that refer to one relation, from wherever they do. */
export const listIncomingKeys = ({ schema, name }: RelationName): string =>
  `SELECT ${keyColumns} FROM ${usage} WHERE ${isUsers('k.table_schema')} AND ${exact('k.referenced_table_schema')} = ${textLiteral(schema)}
    AND ${exact('k.referenced_table_name')} = ${textLiteral(name)}
  ORDER BY ${order('k.table_schema', 'k.table_name')}, k.constraint_name, k.ordinal_position`

/** Schema, table, constraint, clause. None where the server is too old to have checks. */
export const listChecks = (scope: Scope, { isMariaDb, version }: Dialect): string[] => {
  if (version < (isMariaDb ? 100_222 : 80_016)) return []
  const select = 'x.constraint_schema, x.table_name, x.constraint_name, x.check_clause'
  const question = isMariaDb
    ? { select, from: 'information_schema.check_constraints x', schema: 'x.constraint_schema', name: 'x.table_name' }
    : {
        select: 'n.constraint_schema, n.table_name, n.constraint_name, x.check_clause',
        from: `information_schema.table_constraints n JOIN information_schema.check_constraints x
          ON x.constraint_schema = n.constraint_schema AND x.constraint_name = n.constraint_name`,
        schema: 'n.constraint_schema',
        name: 'n.table_name',
        where: `n.constraint_type = 'CHECK'`,
      }
  return statements(question, scope)
}

export const readViewDefinition = ({ schema, name }: RelationName): string =>
  `SELECT v.view_definition FROM information_schema.views v WHERE ${is('v.table_schema', schema)} AND ${is('v.table_name', name)}`

/** A longer body is cut; no row of the catalog may be longer than a packet. */
const bodyCharactersMax = 1_000_000

const parameterName = `IF(p.parameter_name REGEXP '^[A-Za-z_][A-Za-z0-9_]*$', p.parameter_name, CONCAT('\`', REPLACE(p.parameter_name, '\`', '\`\`'), '\`'))`
const sameRoutine = (one: string, other: string) =>
  `${exact(`${one}.routine_schema`)} = ${exact(`${other}.routine_schema`)} AND ${exact(`${one}.routine_name`)} = ${exact(`${other}.routine_name`)}`

/** Schema, name, type, parameters, what it returns, language, comment, body, whether a function has its name, too. */
export const listRoutines = (schema: string | undefined): string => {
  const of = (column: string) => `${isUsers(column)}${schema === undefined ? '' : ` AND ${is(column, schema)}`}`
  return `SELECT r.routine_schema, r.routine_name, r.routine_type, a.list, r.dtd_identifier, COALESCE(r.external_language, r.routine_body),
    r.routine_comment, LEFT(r.routine_definition, ${bodyCharactersMax}), f.routine_name IS NOT NULL
  FROM information_schema.routines r
  LEFT JOIN (SELECT p.specific_schema AS routine_schema, p.specific_name AS routine_name, p.routine_type,
      GROUP_CONCAT(IF(p.routine_type = 'PROCEDURE', CONCAT(p.parameter_mode, ' '), ''), ${parameterName}, ' ', p.dtd_identifier
        ORDER BY p.ordinal_position SEPARATOR ', ') AS list
    FROM information_schema.parameters p WHERE p.ordinal_position > 0 AND ${of('p.specific_schema')}
    GROUP BY ${exact('p.specific_schema')}, ${exact('p.specific_name')}, p.routine_type) a
    ON ${sameRoutine('a', 'r')} AND a.routine_type = r.routine_type
  LEFT JOIN (SELECT o.routine_schema, o.routine_name FROM information_schema.routines o
    WHERE o.routine_type = 'FUNCTION' AND ${of('o.routine_schema')}) f ON r.routine_type = 'PROCEDURE' AND ${sameRoutine('f', 'r')}
  WHERE r.routine_type IN ('FUNCTION', 'PROCEDURE') AND ${of('r.routine_schema')}
  ORDER BY ${order('r.routine_schema', 'r.routine_name')}, r.routine_type`
}
