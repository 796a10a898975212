/** What an account may do, read from `SHOW GRANTS`. */
export interface Rights {
  /** Whether the server told. */
  known: boolean
  /** On the whole server, e.g. `FILE`. */
  global: string[]
  /** On the database, whichever way it was granted. */
  database: string[]
  /** On single tables of it. */
  tables: string[]
  all_on_everything: boolean
  grant_option: boolean
}

const everything = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'FILE', 'SUPER', 'PROCESS']

export const rightsOf = (lines: readonly string[], database: string): Rights => {
  const rights: Rights = {
    known: lines.length > 0,
    global: [],
    database: [],
    tables: [],
    all_on_everything: false,
    grant_option: false,
  }
  for (const line of lines) {
    const match = /^GRANT (.+?) ON (?:TABLE )?(\*|`(?:[^`]|``)*`)\.(\*|`(?:[^`]|``)*`) TO /s.exec(line)
    if (!match) continue
    const [, words = '', scope = '', table = ''] = match
    const isAll = /^ALL(?: PRIVILEGES)?$/i.test(words)
    const names = isAll
      ? everything
      : words
          .replace(/\([^)]*\)/g, '')
          .split(',')
          .map((word) => word.trim().toUpperCase())
    const isMine = scope !== '*' && fits(scope.slice(1, -1).replaceAll('``', '`'), database, table === '*')
    if (scope === '*') rights.global.push(...names)
    if (scope === '*' || (isMine && table === '*')) rights.database.push(...names)
    else if (isMine) rights.tables.push(...names)
    if (scope === '*' && isAll) rights.all_on_everything = true
    if (/ WITH .*GRANT OPTION/s.test(line)) rights.grant_option = true
  }
  for (const list of [rights.global, rights.database, rights.tables])
    list.splice(0, list.length, ...new Set(list.filter((right) => right !== 'USAGE')))
  return rights
}

/** Grants on databases are patterns: `sales\_%`. Those on tables name the database as it is. */
const fits = (granted: string, database: string, isPattern: boolean): boolean => {
  if (granted === database) return true
  if (!isPattern) return false
  const source = granted.replace(/\\[%_]|[%_]|./gsu, (part) => {
    if (part === '%') return '.*'
    if (part === '_') return '.'
    return (part.length === 2 && part.startsWith('\\') ? part.slice(1) : part).replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&')
  })
  return new RegExp(`^${source}$`, 'su').test(database)
}

/** What no pipeline needs, and why it is dangerous. The first that holds is said. */
export const warningOf = (rights: Rights, name: string): string | undefined => {
  const has = (right: string) => rights.global.includes(right)
  if (rights.all_on_everything)
    return `“${name}” may do everything on the whole server, which no pipeline needs. Use an account of its own; the guide has the statements.`
  if (has('SUPER')) return `“${name}” has SUPER, which no pipeline needs. Revoke it.`
  if (has('FILE')) return `“${name}” can read and write files of the server (FILE). Revoke it.`
  if (rights.grant_option) return `“${name}” may hand its rights on (GRANT OPTION). Revoke it.`
  const heavy = ['CREATE USER', 'SHUTDOWN', 'RELOAD', 'SYSTEM_USER', 'SET_USER_ID'].find(has)
  return heavy ? `“${name}” has ${heavy} on the whole server, which no pipeline needs.` : undefined
}

/** What changes rows or tables of the database: whoever only reads does without (SQL-3). */
export const changesOf = ({ database, tables }: Rights): string[] =>
  ['INSERT', 'UPDATE', 'DELETE', 'DELETE HISTORY', 'CREATE', 'ALTER', 'DROP'].filter((right) =>
    [...database, ...tables].includes(right),
  )
