import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConnectionText as parse } from './parse-url.ts'

const full = {
  config: { host: 'db.example.com', port: 6543, database: 'mydb', ssl_mode: 'require' },
  credential: { username: 'etl', password: 's3cret' },
  notes: [],
}

describe('the forms people paste', () => {
  it.each([
    ['URI', 'postgresql://etl:s3cret@db.example.com:6543/mydb?sslmode=require'],
    ['short scheme', 'postgres://etl:s3cret@db.example.com:6543/mydb?sslmode=require'],
    ['SQLAlchemy', 'postgresql+psycopg2://etl:s3cret@db.example.com:6543/mydb?sslmode=require'],
    ['query only', 'postgresql:///mydb?host=db.example.com&port=6543&user=etl&password=s3cret&sslmode=require'],
    ['JDBC', 'jdbc:postgresql://db.example.com:6543/mydb?user=etl&password=s3cret&sslmode=require'],
    ['JDBC ssl=true', 'jdbc:postgresql://db.example.com:6543/mydb?user=etl&password=s3cret&ssl=true'],
    ['key=value', "host=db.example.com port=6543 dbname='mydb' user = etl password='s3cret' sslmode=require"],
    ['.env line', 'DATABASE_URL="postgres://etl:s3cret@db.example.com:6543/mydb?sslmode=require"'],
    ['exported', "export PG_URL='postgres://etl:s3cret@db.example.com:6543/mydb?sslmode=require'"],
    [
      '.env file',
      '# db\nNODE_ENV=production\nDATABASE_URL=postgres://etl:s3cret@db.example.com:6543/mydb?sslmode=require\n',
    ],
    [
      'PG* lines',
      'PGHOST=db.example.com\nPGPORT=6543\nPGDATABASE=mydb\nPGUSER=etl\nPGPASSWORD=s3cret\nPGSSLMODE=require',
    ],
    [
      'ODBC',
      'Driver={PostgreSQL Unicode(x64)};Server=db.example.com;Port=6543;Database=mydb;Uid=etl;Pwd={s3cret};SSLmode=require;',
    ],
    ['Npgsql', 'Host=db.example.com;Port=6543;Database=mydb;Username=etl;Password=s3cret;SSL Mode=Require'],
    ['Airflow', 'AIRFLOW_CONN_SHOP=postgres://etl:s3cret@db.example.com:6543/mydb?sslmode=require'],
    [
      'Airflow as JSON',
      '{"conn_type":"postgres","host":"db.example.com","port":6543,"schema":"mydb","login":"etl","password":"s3cret","extra":{"sslmode":"require"}}',
    ],
    ['psql command', 'psql "postgresql://etl:s3cret@db.example.com:6543/mydb?sslmode=require"'],
    ['psql with keys', 'psql "host=db.example.com port=6543 dbname=mydb user=etl password=s3cret sslmode=require"'],
  ])('%s', (_, text) => expect(parse(text)).toEqual(full))

  it('leaves out what was not given, so that the form keeps its defaults', () =>
    expect(parse('postgres://localhost')).toEqual({ config: { host: 'localhost' }, credential: {}, notes: [] }))
  it('reads IPv6 literals', () =>
    expect(parse('postgres://u@[2001:db8::1]:5433/d')).toMatchObject({ config: { host: '2001:db8::1', port: 5433 } }))
  it('reads the schema from search_path, Prisma and JDBC', () => {
    expect(parse('postgres://h/d?options=-c%20search_path%3Dsales,public')?.config.schema).toBe('sales')
    expect(parse('postgres://h/d?schema=sales')?.config.schema).toBe('sales')
    expect(parse('jdbc:postgresql://h/d?currentSchema=sales')?.config.schema).toBe('sales')
  })
  it('says what it left out, by name only', () =>
    expect(parse('postgres://h/d?sslpassword=hunter2&pgbouncer=true')?.notes.join()).toBe(
      'Left out, because the form has no field for it: sslpassword, pgbouncer.',
    ))
  it('refuses to choose among several hosts', () => {
    const several = parse('postgres://u:p@a.example.com:1,b.example.com:2/d')
    expect(several?.config).toEqual({ database: 'd' })
    expect(several?.notes[0]).toMatch(/Several hosts/)
  })
  it('does not take sockets', () =>
    expect(parse('postgres:///d?host=/var/run/postgresql')?.config).not.toHaveProperty('host'))
  it('takes what looks like nothing it knows for nothing', () => {
    for (const text of ['', 'hello', 'mysql://u:p@h/d', 'https://example.com', 'a=b', 'x'.repeat(70_000), 'postgres'])
      expect(parse(text)).toBeUndefined()
  })
})

describe('passwords', () => {
  it('survive percent-encoding whatever they hold', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        (user, password) => {
          fc.pre(user.isWellFormed() && password.isWellFormed())
          const uri = `postgresql://${encodeURIComponent(user)}:${encodeURIComponent(password)}@h.example:1/d`
          expect(parse(uri)?.credential).toEqual({ username: user, password })
        },
      ),
    ))
  it('survive libpq quoting', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (password) => {
        const quoted = password.replace(/[\\']/g, '\\$&')
        expect(parse(`host=h.example password='${quoted}' user=u`)?.credential.password).toBe(password)
      }),
    ))
  it.each([
    ['p@ss', 'postgres://u:p@ss@h:1/d'],
    ['pa/ss', 'postgres://u:pa/ss@h:1/d'],
    ['50%off', 'postgres://u:50%off@h:1/d'],
    ['a:b', 'postgres://u:a:b@h:1/d'],
    ['a+b', 'postgres://u:a+b@h:1/d'],
  ])('%s typed without encoding is understood', (password, text) =>
    expect(parse(text)).toMatchObject({ config: { host: 'h', port: 1, database: 'd' }, credential: { password } }),
  )
})

it('never throws and never takes long, whatever is pasted', () =>
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom('', 'postgres://', 'host=', 'PGHOST=', 'jdbc:postgresql:'),
      (text, prefix) => {
        parse(prefix + text)
      },
    ),
    { numRuns: 2000 },
  ))

it('is not slowed down by hostile repetition', () => {
  const started = performance.now()
  for (const piece of ["a='", '\\', "host='\\", '=', ' ', 'a=b ', 'postgres://', '@', '%', '-c search_path=\\'])
    parse(`host=${piece.repeat(30_000 / piece.length)}`)
  expect(performance.now() - started).toBeLessThan(500)
})
