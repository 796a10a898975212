import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64')
const golden: { key: string }[] = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../golden/format-1.json'), 'utf8'),
)

/** What people put into a key variable and must not: name and value. */
export const badKeys: [string, string][] = [
  ['a word', 'changeme'],
  ['a sentence', 'this is not a very secret key'],
  ['16 bytes', Buffer.from('8d3f1c5e9a7b204466e1f0d2c3b4a596', 'hex').toString('base64')],
  ['31 bytes', Buffer.from(sha256('31'), 'base64').subarray(1).toString('base64')],
  ['33 bytes', Buffer.concat([Buffer.from(sha256('33'), 'base64'), Buffer.from([7])]).toString('base64')],
  ['hexadecimal instead of base64', Buffer.from(sha256('hex'), 'base64').toString('hex')],
  ['zeros', Buffer.alloc(32).toString('base64')],
  ['ones', Buffer.alloc(32, 255).toString('base64')],
  ['one letter 32 times', Buffer.alloc(32, 'a').toString('base64')],
  ['counting up', Buffer.from(Array.from({ length: 32 }, (_, i) => i)).toString('base64')],
  ['counting down', Buffer.from(Array.from({ length: 32 }, (_, i) => 200 - i)).toString('base64')],
  ['counting in steps', Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 7) % 256)).toString('base64')],
  ['half a key twice', Buffer.from(sha256('twice'), 'base64').subarray(0, 16).toString('base64').repeat(1)],
  [
    'eight random bytes four times',
    Buffer.alloc(32, Buffer.from(sha256('four'), 'base64').subarray(0, 8)).toString('base64'),
  ],
  [
    'sixteen random bytes twice',
    Buffer.alloc(32, Buffer.from(sha256('two'), 'base64').subarray(0, 16)).toString('base64'),
  ],
  ['text of 32 letters', Buffer.from('Ab3dEf6hIj9lMn2pQr5tUv8xYz1!@#$%').toString('base64')],
  ['32 hexadecimal digits as text', Buffer.from('8d3f1c5e9a7b204466e1f0d2c3b4a596').toString('base64')],
  ['the hash of “password”', sha256('password')],
  ['the hash of “changeme”', sha256('changeme')],
  ['the hash of nothing', sha256('')],
  ['the hash of our name', sha256('jackfield')],
  ['a key from a NIST publication', 'YD3rEBXKcb4rc67whX13gR81LAc7YQjXLZgQowkU3/Q='],
  ...golden.map(({ key }, i): [string, string] => [`golden file key ${i + 1}`, key]),
  ['a good key and a bad one', `${sha256('fine as far as anyone can tell')},AAAA`],
  ['nothing between two commas', `${sha256('fine as far as anyone can tell')},`],
  ['not base64', `${sha256('x').slice(0, 40)}$$$=`],
]
