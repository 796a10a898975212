import { type Reading, wordsOf } from './words.ts'

/** What neither plans nor runs others: definitions, rights, upkeep, and looks at the server. */
const plain = [
  ...[
    'CREATE',
    'ALTER',
    'DROP',
    'RENAME',
    'TRUNCATE',
    'GRANT',
    'REVOKE',
    'SET',
    'USE',
    'FLUSH',
    'KILL',
    'LOCK',
    'UNLOCK',
  ],
  ...['OPTIMIZE', 'REPAIR', 'CHECK', 'CHECKSUM', 'ANALYZE', 'SHOW', 'HELP', 'EXPLAIN', 'DESCRIBE', 'DESC'],
]
const explaining = ['EXPLAIN', 'DESCRIBE', 'DESC']
/** They keep a statement for later. */
const keeping = ['VIEW', 'FUNCTION', 'PROCEDURE', 'TRIGGER', 'EVENT', 'PACKAGE']

/**
 * Why a statement of which the server makes no plan is not run where there is a limit of cost: it runs others, or asks
 * something on its way. Definitions are held by the limit of time alone.
 */
export const refusalOfUnplanned = (sql: string, reading: Reading): string | undefined => {
  // What stands in a comment that is executed is no word here.
  if (/\/\*M?!/i.test(sql)) return hasNoPlan('what a comment that the server executes (/*! … */)')
  const words = wordsOf(sql, reading) ?? []
  const [first = ''] = words
  const isStatementWithSettings = first === 'SET' && words[1] === 'STATEMENT'
  if (!plain.includes(first) || isStatementWithSettings) return hasNoPlan(`what ${nameOf(words)}`)
  if (explaining.includes(first) || !asks(words) || keeps(words)) return undefined
  return first === 'CREATE'
    ? 'This source has a limit of cost, and CREATE TABLE … SELECT has no plan to hold against it. Create the table first, and fill it with INSERT … SELECT.'
    : hasNoPlan(`the question that ${first}`)
}

const asks = (words: string[]): boolean => words.includes('SELECT')

/** `CREATE DEFINER = x VIEW`: what is made is named first among the kinds of things. */
const keeps = (words: string[]): boolean =>
  ['CREATE', 'ALTER'].includes(words[0] ?? '') &&
  keeping.includes(words.find((word) => word === 'TABLE' || keeping.includes(word)) ?? '')

const nameOf = ([first = '', second]: string[]): string => {
  if (first === 'SET') return 'SET STATEMENT'
  if (first === 'EXECUTE' && second === 'IMMEDIATE') return 'EXECUTE IMMEDIATE'
  return /^[A-Z]{1,20}$/.test(first) ? first : 'this'
}

const hasNoPlan = (what: string): string =>
  `This source has a limit of cost, and ${what} runs has no plan to hold against it. Run its statements one by one, or have the limit of the source set to the largest there is, which is none.`
