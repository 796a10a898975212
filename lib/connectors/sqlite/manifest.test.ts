import { expect, it } from 'vitest'
import { manifest } from './manifest.ts'
import { parseFileText } from './parse-url.ts'

it.each([
  ['sqlite:///orders.db', 'orders.db'],
  ['sqlite:////data/orders.db', '/data/orders.db'],
  ['sqlite+aiosqlite:////data/my%20orders.db', '/data/my orders.db'],
  ['jdbc:sqlite:orders.db', 'orders.db'],
  ['jdbc:sqlite:/data/orders.sqlite3?cache=shared', '/data/orders.sqlite3'],
  ['sqlite:/data/orders.db', '/data/orders.db'],
  ['file:/data/orders.db?mode=ro', '/data/orders.db'],
  ['file:///data/orders.db', '/data/orders.db'],
  ['  shop/orders.sqlite  ', 'shop/orders.sqlite'],
  ['/data/orders.db3', '/data/orders.db3'],
  ['DATABASE_URL="sqlite:///orders.db"', 'orders.db'],
])('a pasted %j is the file %j', (text, path) => expect(parseFileText(text)?.config).toEqual({ path }))

it.each([
  'sqlite://',
  'sqlite:///:memory:',
  'sqlite://host/orders.db',
  'file:///etc/passwd',
  'notes.txt',
  'a.db\nb.db',
  'postgresql://h/a.db',
])('a pasted %j is no file of ours', (text) => expect(parseFileText(text)).toBeUndefined())

it.each(['', '../a.db', 'a/../../b.db', 'a\0.db', 'file:a.db', ':memory:', 'folder/', 'x'.repeat(1025), 'a\nb'])(
  'the path %j is refused with a sentence before anything is looked for',
  (path) => {
    const { error } = manifest.config.safeParse({ path })
    expect(error?.issues[0]?.message).toMatch(/\.$/)
  },
)
