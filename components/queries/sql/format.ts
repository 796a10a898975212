import { formatDialect, mysql, postgresql, sqlite } from 'sql-formatter'
import type { SqlDialect } from '#lib/connectors/contract'

const dialects = { postgres: postgresql, mysql, sqlite } as const
const placeholders: Record<SqlDialect, { numbered?: ('?' | '$')[]; positional?: boolean }> = {
  postgres: { numbered: ['$'] },
  mysql: { positional: true },
  sqlite: { positional: true, numbered: ['?'] },
}

/** The same statements, laid out; throws where they cannot be read. */
export const formatSql = (sql: string, dialect: SqlDialect): string =>
  formatDialect(sql, {
    dialect: dialects[dialect],
    keywordCase: 'preserve',
    expressionWidth: 70,
    linesBetweenQueries: 1,
    paramTypes: { ...placeholders[dialect], named: [':'] },
  })
