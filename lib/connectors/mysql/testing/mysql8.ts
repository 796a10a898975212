import { constants, createHash, generateKeyPairSync, privateDecrypt, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Pair } from '../../_tls/testing/certificates.ts'
import { packet } from '../greeting.ts'

/**
 * A server that speaks MySQL 8's login: `caching_sha2_password` with its fast and its full way, over TLS or with an RSA key,
 * and verifies what it is told. It answers the questions of a test and nothing else. MariaDB's own client is the judge of it.
 */
export interface Mysql8 {
  port: number
  /** Passwords it received in clear text, and encrypted with the key that it hands out. */
  received: { clear: string[]; encrypted: string[] }
  /** How each login went: by the cache or in full. */
  logins: ('fast' | 'full')[]
  forget(): void
  stop(): void
}

interface Options {
  users: Record<string, string>
  tls?: Pair
  /** What it asks for first instead. */
  plugin?: string
}

const capabilities = 1 | 8 | 0x200 | 0x2000 | 0x8000 | 0x80000 | 0x100000 | 0x200000
const sslBit = 0x800
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })

export const startMysql8 = (options: Options): Promise<Mysql8> =>
  new Promise((resolve) => {
    const cache = new Set<string>()
    const sockets = new Set<Socket>()
    const seen: Pick<Mysql8, 'received' | 'logins'> = { received: { clear: [], encrypted: [] }, logins: [] }
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => sockets.delete(socket))
      serve(socket, options, cache, seen)
    })
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { port: number }).port,
        ...seen,
        forget: () => cache.clear(),
        stop() {
          for (const socket of sockets) socket.destroy()
          server.close()
        },
      }),
    )
  })

const serve = (raw: Socket, options: Options, cache: Set<string>, seen: Pick<Mysql8, 'received' | 'logins'>): void => {
  const nonce = randomBytes(20).map((byte) => byte & 0x7f || 1)
  let line: Socket | TLSSocket = raw
  let sequence = 0
  let kept: Buffer = Buffer.alloc(0)
  let step: (payload: Buffer) => void = begin
  let user = ''
  let isSecure = false

  const send = (payload: Buffer) => line.write(packet(sequence++, payload))
  const ok = () => send(Buffer.from([0, 0, 0, 2, 0, 0, 0]))
  const fail = (number: number, state: string, message: string) => {
    send(Buffer.concat([Buffer.from([0xff, number & 0xff, number >> 8]), Buffer.from(`#${state}${message}`)]))
    line.end()
  }
  const denied = () => fail(1045, '28000', `Access denied for user '${user}'@'localhost' (using password: YES)`)
  const feed = (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk])
    while (kept.length >= 4 && kept.length >= 4 + kept.readUIntLE(0, 3)) {
      const length = kept.readUIntLE(0, 3)
      sequence = ((kept[3] ?? 0) + 1) & 0xff
      const payload = kept.subarray(4, 4 + length)
      kept = kept.subarray(4 + length)
      step(payload)
    }
  }

  function begin(payload: Buffer): void {
    const flags = payload.readUInt32LE(0)
    if ((flags & sslBit) !== 0 && payload.length === 32 && options.tls) {
      isSecure = true
      raw.removeListener('data', feed)
      // The client may have begun the handshake in the same breath.
      raw.pause()
      raw.unshift(kept)
      kept = Buffer.alloc(0)
      const secured = new TLSSocket(raw, { isServer: true, key: options.tls.key, cert: options.tls.certificate })
      secured.on('error', () => {})
      secured.on('data', feed)
      line = secured
      return
    }
    const login = readLogin(payload)
    user = login.user
    if (login.plugin === 'caching_sha2_password' && !options.plugin) return void check(login.token)
    const plugin = options.plugin ?? 'caching_sha2_password'
    step = plugin === 'caching_sha2_password' ? check : clear
    send(Buffer.concat([Buffer.from(`\xfe${plugin}\0`, 'latin1'), nonce, Buffer.from([0])]))
  }
  function check(token: Buffer): void {
    const password = Object.hasOwn(options.users, user) ? options.users[user] : undefined
    if (password === undefined) return void denied()
    const isRight = token.length === 32 && timingSafeEqual(token, tokenOf(password, nonce))
    if (cache.has(user)) {
      if (!isRight) return void denied()
      seen.logins.push('fast')
      send(Buffer.from([1, 3]))
      step = answer
      return void ok()
    }
    send(Buffer.from([1, 4]))
    step = full
  }
  function full(payload: Buffer): void {
    if (!isSecure && payload.length === 1 && payload[0] === 2) {
      const pem = String(keys.publicKey.export({ type: 'spki', format: 'pem' }))
      return void send(Buffer.concat([Buffer.from([1]), Buffer.from(pem)]))
    }
    if (isSecure) return void clear(payload)
    const mixed = privateDecrypt({ key: keys.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, payload)
    const password = Buffer.from(mixed.map((byte, index) => byte ^ (nonce[index % 20] ?? 0)))
    judge(password.subarray(0, -1).toString(), 'encrypted')
  }
  function clear(payload: Buffer): void {
    judge(payload.subarray(0, -1).toString(), 'clear')
  }
  function judge(password: string, way: 'clear' | 'encrypted'): void {
    seen.received[way].push(password)
    if (!Object.hasOwn(options.users, user) || options.users[user] !== password) return void denied()
    cache.add(user)
    seen.logins.push('full')
    step = answer
    ok()
  }
  function answer(payload: Buffer): void {
    if (payload[0] === 1) return void line.end()
    if (payload[0] !== 3) return void ok()
    const rows = rowsFor(payload.subarray(1).toString())
    if (!rows) return void ok()
    send(Buffer.from([rows.names.length]))
    for (const name of rows.names) send(columnOf(name))
    send(Buffer.from([0xfe, 0, 0, 2, 0]))
    for (const row of rows.values) send(Buffer.concat(row.map(lengthCoded)))
    send(Buffer.from([0xfe, 0, 0, 2, 0]))
  }

  raw.on('data', feed)
  send(greeting(nonce, capabilities | (options.tls ? sslBit : 0)))
}

const greeting = (nonce: Uint8Array, flags: number): Buffer => {
  const bits = Buffer.alloc(4)
  bits.writeUInt32LE(flags)
  return Buffer.concat([
    Buffer.from('\n8.4.3\0'),
    Buffer.from([1, 0, 0, 0]),
    nonce.subarray(0, 8),
    Buffer.from([0]),
    bits.subarray(0, 2),
    Buffer.from([255, 2, 0]),
    bits.subarray(2, 4),
    Buffer.from([21]),
    Buffer.alloc(10),
    nonce.subarray(8),
    Buffer.from('\0caching_sha2_password\0'),
  ])
}

const readLogin = (payload: Buffer): { user: string; token: Buffer; plugin: string } => {
  const flags = payload.readUInt32LE(0)
  let at = 32
  const word = () => {
    const end = payload.indexOf(0, at)
    const found = payload.toString('utf8', at, end < 0 ? payload.length : end)
    at = end < 0 ? payload.length : end + 1
    return found
  }
  const user = word()
  const length = payload[at] ?? 0
  const token = payload.subarray(at + 1, at + 1 + length)
  at += 1 + length
  if ((flags & 8) !== 0) word()
  return { user, token, plugin: (flags & 0x80000) !== 0 ? word() : '' }
}

const sha256 = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const tokenOf = (password: string, nonce: Uint8Array): Buffer => {
  const once = sha256(Buffer.from(password))
  const mask = sha256(sha256(once), nonce)
  return Buffer.from([...once].map((byte, index) => byte ^ (mask[index] ?? 0)))
}

const lengthCoded = (text: string): Buffer => Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)])
const columnOf = (name: string): Buffer =>
  Buffer.concat([
    ...['def', '', '', '', name, name].map(lengthCoded),
    Buffer.from([0x0c, 45, 0, 255, 0, 0, 0, 253, 0, 0, 0, 0, 0]),
  ])

const rowsFor = (sql: string): { names: string[]; values: string[][] } | undefined => {
  if (/^show variables/i.test(sql))
    return {
      names: ['Variable_name', 'Value'],
      values: [
        ['version', '8.4.3'],
        ['version_comment', 'MySQL Community Server - GPL'],
        ['sql_mode', 'ONLY_FULL_GROUP_BY'],
        ['time_zone', '+00:00'],
        ['read_only', 'ON'],
      ],
    }
  if (/^show grants/i.test(sql))
    return { names: ['Grants'], values: [['GRANT USAGE ON *.* TO `u8`@`%`'], ['GRANT SELECT ON `shop`.* TO `u8`@`%`']] }
  if (/current_user/i.test(sql)) return { names: ['account', 'login'], values: [['u8@%', 'u8@localhost']] }
  if (/count\(\*\)/i.test(sql)) return { names: ['tables'], values: [['3']] }
  return /^select/i.test(sql) ? { names: ['v'], values: [['8.4.3']] } : undefined
}
