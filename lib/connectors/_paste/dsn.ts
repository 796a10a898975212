import { type Dialects, type Parts, partsOf, percentDecoded, splitOnce } from './parts.ts'

/** The Go driver's `etl:p@ss/word@tcp(db:3306)/shop?tls=true`; nothing in the login is encoded, so the last mark counts. */
export const readDsn = (text: string, { dsn }: Dialects): Parts | undefined => {
  // `DSN=etl:pw@tcp(db:3306)/shop` is a variable that holds one.
  const match =
    dsn &&
    !/^[A-Z_][A-Z0-9_]*=/.test(text) &&
    /^(?:(.*)@)?(tcp|tcp4|tcp6|unix)\(([^()]*)\)\/([^?/]*)(?:\?(.*))?$/s.exec(text)
  if (!match) return undefined
  const [, login = '', network = '', place = '', database = '', query = ''] = match
  const parts = partsOf('dsn', {})
  const set = (key: string, value: string | undefined) => value && parts.values.set(key, value)
  const [user, password] = splitOnce(login, ':')
  set('user', user)
  set('password', password)
  const at = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(place)
  set('host', network === 'unix' ? place : (at?.[1] ?? place).replace(/^\[(.*)\]$/, '$1'))
  set('port', network === 'unix' ? undefined : at?.[2])
  set('database', percentDecoded(database) ?? database)
  for (const pair of query.split('&')) {
    const [key = '', value = ''] = splitOnce(pair, '=')
    if (key !== '') set(key, percentDecoded(value) ?? value)
  }
  return parts
}
