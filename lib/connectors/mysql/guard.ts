import type { QueryRequest } from '../contract.ts'
import { type Reading, wordsOf } from './words.ts'

export interface Guarded {
  sql: string
  mode: 'read' | 'write'
  explain?: QueryRequest['explain']
  reading: Reading
}

/**
 * Why a statement is not sent: the second layer of what keeps a connection read-only (SQL-2). The server's own read-only
 * session is the first, and does not rest on this one — but for files of the server, which no session is kept from (SQL-3).
 */
export const refusalOf = ({ sql, mode, explain, reading }: Guarded): string | undefined => {
  if (sql.includes('\0')) return 'A statement has no character NUL.'
  // Looked for in the text as it is, so that no reading of quotes and comments can miss them.
  if (/outfile|dumpfile|load_file|\binfile\b/i.test(sql)) return files
  const words = wordsOf(sql, reading)
  if (words?.[0] === 'SHOW' && words.includes('WITH')) return crashes
  if (mode === 'write') return undefined
  if (/\/\*M?!/i.test(sql)) return 'Comments that the server executes (/*! … */) are not run on a read-only session.'
  if (/\/\*\+[^/]*(?:set_var|max_execution_time)/i.test(sql)) return 'Hints that change settings are not run.'
  if (!words) return 'A comment, a text or a quoted name in this statement has no end.'
  return refusalOfWords(trimmed(words), explain) ?? refusalOfCalls(words, reading)
}

const files =
  'This names a way to files of the server (INFILE, OUTFILE, DUMPFILE, LOAD_FILE), which is not run from here. Where it is only a text to look for, pass it as a parameter.'

const crashes =
  'MariaDB 10.11 and others crash when the condition of SHOW has a WITH inside. Ask information_schema instead.'

const trimmed = (words: string[]): string[] => {
  let end = words.length
  while (end > 0 && words[end - 1] === ';') end--
  return words.slice(0, end)
}

const questions = ['SELECT', 'WITH', 'TABLE', 'VALUES']
const answers = ['SHOW', 'HELP']
/** Three words for the same. */
const explaining = ['EXPLAIN', 'DESCRIBE', 'DESC']
const changes = ['INSERT', 'UPDATE', 'DELETE', 'REPLACE']

const refusalOfWords = (words: string[], explain: QueryRequest['explain']): string | undefined => {
  if (words.length === 0) return 'There is no statement.'
  if (words.includes(';')) return 'One statement at a time.'
  const first = words.find((word) => word !== '(') ?? ''
  // Analysing runs the statement; a mere plan does not.
  const planned = explain === 'estimated' ? [...questions, ...changes] : questions
  if (explain && !planned.includes(first)) return 'There is no such plan of this statement.'
  if (explain === 'estimated') return undefined
  if (answers.includes(first)) return undefined
  if (explaining.includes(first)) return refusalOfExplain(words)
  if (!questions.includes(first)) return notRead(first)
  return refusalOfQuestion(words)
}

/** Analysing runs the statement. */
const refusalOfExplain = (words: string[]): string | undefined => {
  if (!words.includes('ANALYZE')) return undefined
  const verb = words.find((word) => [...questions, ...changes].includes(word))
  return verb !== undefined && questions.includes(verb)
    ? refusalOfQuestion(words.slice(words.indexOf(verb)))
    : notRead('EXPLAIN ANALYZE')
}

const notRead = (word: string): string =>
  `${/^[A-Z ]{1,40}$/.test(word) ? word : 'This'} is no statement that only reads. Read-only runs SELECT, WITH, VALUES, TABLE, SHOW, DESCRIBE and EXPLAIN.`

const refusalOfQuestion = (words: string[]): string | undefined => {
  if (words.includes('INTO')) return 'SELECT … INTO writes to a file or a variable, which is not run read-only.'
  if (words.some((word, at) => word === 'FOR' && ['UPDATE', 'SHARE'].includes(words[at + 1] ?? '')) || hasLock(words))
    return 'Locking reads (FOR UPDATE, FOR SHARE, LOCK IN SHARE MODE) are not run read-only.'
  const isFunction = (word: string, next = '') => next === ')' && ['INSERT', 'REPLACE'].includes(word)
  const verb = atTop(words).find((word, at, top) => changes.includes(word) && !isFunction(word, top[at + 1]))
  if (words[0] === 'WITH' && verb !== undefined) return notRead(verb)
  return undefined
}

/** What is only shown or planned is worked out all the same: the conditions of SHOW, and parts of a plan. */
const refusalOfCalls = (words: string[], { oracle = false }: Reading): string | undefined => {
  const isNext = (word: string, at: number) =>
    (word === 'NEXT' && words[at + 1] === 'VALUE') || (oracle && /^[`"]?nextval[`"]?$/i.test(word))
  if (words.some(isNext)) return 'This takes a value from a sequence, which changes it.'
  const called = words.find((word, at) => words[at + 1] === '(' && effects.test(word.replace(/^[`"]|[`"]$/g, '')))
  return called && `${called.toLowerCase()}() does more than read.`
}

const hasLock = (words: string[]): boolean => words.some((word, at) => word === 'LOCK' && words[at + 1] === 'IN')

/** What stands in no brackets; of these, only that they close. */
const atTop = (words: string[]): string[] => {
  let depth = 0
  return words.filter((word) => {
    if (word === '(') depth++
    if (word === ')') depth--
    return depth === 0
  })
}

/** The statement's first word, as its class. */
export const commandOf = (sql: string, reading: Reading): string | null =>
  wordsOf(sql, reading)?.find((word) => /^[A-Z]+$/.test(word)) ?? null

/** It runs a statement in order to explain it. */
export const isAnalysis = (sql: string, reading: Reading): boolean => {
  const [first = '', ...rest] = wordsOf(sql, reading) ?? []
  if (first === 'ANALYZE') return rest.some((word) => [...questions, ...changes].includes(word) && word !== 'TABLE')
  return explaining.includes(first) && rest.includes('ANALYZE')
}

export const hasPlan = (command: string | null): boolean =>
  command !== null && [...questions, ...changes].includes(command)

/** Functions that change something beyond the session: sequences, other servers, replication, keys, programs. */
const effects =
  /^(?:nextval|setval|spider_\w+|sys_(?:exec|eval|set)|group_replication_\w+|asynchronous_connection_\w+|keyring_\w+|audit_log_\w+|version_tokens_\w+|(?:set|read|mysql)_firewall_\w+)$/i
