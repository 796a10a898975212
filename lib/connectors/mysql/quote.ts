/** A name as it must stand in MySQL's SQL, whatever it holds. */
export const quoteName = (name: string): string => `\`${name.replaceAll('`', '``')}\``

/** Text in a statement of ours, whatever `sql_mode` the server is in: as bytes, so that nothing can end it. */
export const textLiteral = (text: string): string => `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
