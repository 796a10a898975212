import { type Dialects, type Parts, partsOf } from './parts.ts'

/** libpq's `host=db user=etl password='it\'s'`; nothing but such pairs may stand in the text. */
export const readLibpq = (text: string, { libpq }: Dialects): Parts | undefined => {
  if (!libpq) return undefined
  const values = new Map<string, string>()
  const pair = /\s*([a-z_]+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|((?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*)?)(?=\s|$)/gsy
  let end = 0
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    const key = match[1] === 'dbname' ? 'database' : (match[1] ?? '')
    values.set(key, (match[2] ?? match[3] ?? '').replace(/\\(.)/gs, '$1'))
    end = pair.lastIndex
  }
  if (text.slice(end).trim() !== '') return undefined
  const isOurs = ['host', 'hostaddr', 'database', 'user'].some((key) => values.has(key))
  return isOurs ? partsOf('libpq', { values }) : undefined
}

const mostPairs = 100

/** ODBC's `Driver={…};Server=db;Uid=etl;Pwd={p;w}` and the like without a driver, as .NET writes it. */
export const readOdbc = (text: string, { odbc, ado }: Dialects): Parts | undefined => {
  const pairs = text.includes(';') && (odbc || ado) ? readPairs(text) : undefined
  if (!pairs) return undefined
  const driver = pairs.get('driver') ?? pairs.get('provider')
  const isOurs = driver === undefined ? ado?.(new Set(pairs.keys())) : odbc?.test(driver)
  if (!isOurs) return undefined
  for (const key of ['driver', 'provider', 'dsn']) pairs.delete(key)
  const values = new Map([...pairs].map(([key, value]) => [neutral.get(key) ?? key, value]))
  splitPort(values)
  return partsOf('odbc', { values })
}

// In braces a `}` is doubled, in quotes the quote; a key may hold spaces.
const readPairs = (text: string): Map<string, string> | undefined => {
  const pairs = new Map<string, string>()
  const pair =
    /\s*([a-z][\w. ]{0,60}?)\s*=\s*(?:\{((?:[^}]|\}\})*)\}|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|([^;]*))\s*(?:;|$)/giy
  let end = 0
  let count = 0
  for (let match = pair.exec(text); match; match = pair.exec(text)) {
    const [, key = '', braced, double, single, plain = ''] = match
    const value = braced?.replaceAll('}}', '}') ?? double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'")
    pairs.set(key.toLowerCase(), value ?? plain.trim())
    end = pair.lastIndex
    if (++count > mostPairs || end >= text.length) break
  }
  return pairs.size > 0 && text.slice(end).trim() === '' ? pairs : undefined
}

// `Server=tcp:db.example.com,1433` and `Server=db:3306`
const splitPort = (values: Map<string, string>): void => {
  const match = /^(?:tcp:)?([^,:]+)[,:](\d{1,5})$/.exec(values.get('host') ?? '')
  if (!match) return
  values.set('host', match[1] ?? '')
  if (!values.has('port')) values.set('port', match[2] ?? '')
}

const neutral = new Map([
  ['server', 'host'],
  ['servername', 'host'],
  ['data source', 'host'],
  ['datasource', 'host'],
  ['uid', 'user'],
  ['user id', 'user'],
  ['userid', 'user'],
  ['username', 'user'],
  ['user name', 'user'],
  ['pwd', 'password'],
  ['initial catalog', 'database'],
  ['db', 'database'],
])
