import { MySQL, PostgreSQL, SQLDialect, SQLite } from '@codemirror/lang-sql'
import type { SqlDialect } from '#lib/connectors/contract'

/** Words of the languages that are names of columns far more often: drawn as names. */
const names = new Set(
  `at code comment content count data day empty first hour id key label last level lines minute month name net number path
  position result role second source state status title type user value version year yes`.split(/\s+/),
)

const withoutNames = ({ spec }: SQLDialect): SQLDialect =>
  SQLDialect.define({
    ...spec,
    keywords: (spec.keywords ?? '')
      .split(' ')
      .filter((word) => !names.has(word))
      .join(' '),
  })

/** How statements are coloured and put in brackets. */
export const languageOf = (dialect: SqlDialect): SQLDialect => withoutNames(languages[dialect])

const languages = { postgres: PostgreSQL, mysql: MySQL, sqlite: SQLite } as const
