export const backend = (type: string, body: Buffer | string = ''): Buffer => {
  const bytes = Buffer.from(body as string)
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeUInt32BE(bytes.length + 4, 1)
  return Buffer.concat([head, bytes])
}
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
export const authentication = (method: number, rest: Buffer | string = '') =>
  backend('R', Buffer.concat([int32(method), Buffer.from(rest as string)]))
export const loggedIn = Buffer.concat([
  authentication(0),
  backend('S', 'server_version\x0018.0\0'),
  backend('K', Buffer.alloc(8)),
  backend('Z', 'I'),
])
export const scramOffer = authentication(10, 'SCRAM-SHA-256\0\0')
