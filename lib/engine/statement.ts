import { createHash } from 'node:crypto'

/**
 * What the trail keeps of a statement: what kind it is and a hash to compare it by, never its text, which may hold a
 * password (SQL-10). The kind is one of these words, because the first word of a text may be anything.
 */
export const statementDetails = (sql: string): { statement: string; sha256: string } => ({
  statement: classOf(sql),
  sha256: createHash('sha256').update(sql, 'utf8').digest('hex'),
})

const classOf = (sql: string): string => {
  const word = /^[a-z]{1,12}\b/i.exec(withoutComments(sql))?.[0].toUpperCase() ?? ''
  return classes.has(word) ? word : 'OTHER'
}

/** From the first word on. */
const withoutComments = (sql: string): string => {
  let at = 0
  for (;;) {
    const found = /[\s(;]+|--[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y
    found.lastIndex = at
    if (!found.test(sql)) return sql.slice(at, at + 20)
    at = found.lastIndex
  }
}

const classes: ReadonlySet<string> = new Set(
  `ALTER ANALYZE BEGIN CALL CHECKPOINT CLOSE COMMENT COMMIT COPY CREATE DEALLOCATE DECLARE DELETE DESC DESCRIBE DO DROP END
  EXECUTE EXPLAIN FETCH FLUSH GRANT INSERT KILL LISTEN LOAD LOCK MERGE NOTIFY OPTIMIZE PRAGMA PREPARE REFRESH REINDEX RENAME
  REPLACE RESET REVOKE ROLLBACK SAVEPOINT SELECT SET SHOW START TABLE TRUNCATE UNLOCK UPDATE USE VACUUM VALUES WITH`.split(
    /\s+/,
  ),
)
