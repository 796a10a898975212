/** What we say to a server, in the extended protocol: one statement to a `parse`, whatever its text holds (SQL-1). */

/** `name` is that of the prepared statement, empty for the unnamed one. */
export const parse = (name: string, sql: string): Buffer =>
  message('P', Buffer.concat([cString(name), cString(sql), int16(0)]))

/** Gives a prepared statement its parameters, as text, and says how results are to come. */
export const bind = (name: string, params: readonly (string | null)[], results: 'text' | 'binary'): Buffer => {
  const values = params.flatMap((value) => {
    if (value === null) return [int32(-1)]
    const bytes = Buffer.from(value)
    return [int32(bytes.length), bytes]
  })
  const formats = results === 'binary' ? [int16(1), int16(1)] : [int16(0)]
  return message(
    'B',
    Buffer.concat([cString(''), cString(name), int16(0), int16(params.length), ...values, ...formats]),
  )
}

/** Runs what was bound; 0 rows are all of them. */
export const execute = (rows: number): Buffer => message('E', Buffer.concat([cString(''), int32(rows)]))

/** Asks for the types of a prepared statement. */
export const columnsOf = (name: string): Buffer => message('D', Buffer.concat([Buffer.from('S'), cString(name)]))

/** A statement of ours without parameters. */
export const plain = (sql: string): Buffer => Buffer.concat([parse('', sql), bind('', [], 'text'), execute(0)])

export const cancelRequest = (pid: number, key: number): Buffer =>
  Buffer.concat([int32(16), int32(80877102), int32(pid), int32(key)])

const message = (type: string, body: Buffer): Buffer => Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
const cString = (text: string): Buffer => Buffer.from(`${text}\0`)
const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** Ends what goes in one breath: after an error everything before it is skipped. */
export const sync = message('S', Buffer.alloc(0))
/** Has the server send what it holds back until its buffer is full. */
export const flush = message('H', Buffer.alloc(0))
export const terminate = message('X', Buffer.alloc(0))
