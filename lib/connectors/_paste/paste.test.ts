import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dialects } from './parts.ts'
import { readPaste } from './read.ts'
import { taking } from './take.ts'

const dialects: Dialects = {
  schemes: ['mysql', 'postgresql', 'sqlite', 'https', 'http', 'aws', 's3', 'sftp'],
  opaque: true,
  libpq: true,
  dsn: true,
  odbc: /mysql|maria/i,
  ado: (keys) => keys.has('server') && keys.has('uid'),
  curl: true,
  ssh: true,
  variables: {
    MYSQL_HOST: 'host',
    MYSQL_PASSWORD: 'password',
    AWS_ACCESS_KEY_ID: 'access_key_id',
    AWS_REGION: 'region',
  },
}
const read = (text: string) => readPaste(text, dialects)
const valuesOf = (text: string) => Object.fromEntries(read(text)?.values ?? [])

describe('one database, as people write it down', () => {
  const full = { host: 'db.example.com', port: '3307', user: 'etl', password: 's3cret', database: 'shop' }
  it.each([
    ['URL', 'mysql://etl:s3cret@db.example.com:3307/shop'],
    ['SQLAlchemy', 'mysql+pymysql://etl:s3cret@db.example.com:3307/shop'],
    ['JDBC', 'jdbc:mysql://db.example.com:3307/shop?user=etl&password=s3cret'],
    ['JDBC with a way to balance', 'jdbc:mysql:replication://db.example.com:3307/shop?user=etl&password=s3cret'],
    ['Go', 'etl:s3cret@tcp(db.example.com:3307)/shop'],
    [
      'ODBC',
      'Driver={MySQL ODBC 8.0 Unicode Driver};Server=db.example.com;Port=3307;Database=shop;Uid=etl;Pwd=s3cret;',
    ],
    [
      'ODBC with a port behind a comma',
      'DRIVER={MariaDB};SERVER=db.example.com,3307;DATABASE=shop;UID=etl;PWD={s3cret}',
    ],
    ['.NET', 'Server=db.example.com;Port=3307;Database=shop;Uid=etl;Pwd="s3cret"'],
    ['libpq', "host=db.example.com port=3307 dbname=shop user=etl password='s3cret'"],
    ['.env line', 'DATABASE_URL="mysql://etl:s3cret@db.example.com:3307/shop" # the shop'],
    ['.env line of another dialect', 'DSN=etl:s3cret@tcp(db.example.com:3307)/shop'],
    ['docker', '-e DATABASE_URL=mysql://etl:s3cret@db.example.com:3307/shop'],
    ['compose', '  DATABASE_URL: mysql://etl:s3cret@db.example.com:3307/shop'],
    ['Airflow', "export AIRFLOW_CONN_SHOP='mysql://etl:s3cret@db.example.com:3307/shop'"],
    [
      'Airflow as JSON',
      `AIRFLOW_CONN_SHOP='{"conn_type":"mysql","host":"db.example.com","port":3307,"login":"etl","password":"s3cret","schema":"shop"}'`,
    ],
    [
      'JSON alone',
      '{"conn_type":"mysql","host":"db.example.com","port":"3307","login":"etl","password":"s3cret","schema":"shop","extra":null}',
    ],
    ['command', 'mysqlsh mysql://etl:s3cret@db.example.com:3307/shop'],
  ])('%s', (_, text) => expect(valuesOf(text)).toEqual(full))
})

it('reads files, buckets, servers of files and addresses', () => {
  expect(read('sqlite:////data/shop.db')?.address?.path).toBe('//data/shop.db')
  expect(read('jdbc:sqlite:/data/shop.db')?.address).toEqual({ authority: '', path: '/data/shop.db', query: '' })
  expect(valuesOf('s3://raw-data/in/2026')).toEqual({ host: 'raw-data', database: 'in/2026' })
  expect(valuesOf('sftp -P 2222 etl@files.example.com:/in')).toEqual({
    host: 'files.example.com',
    port: '2222',
    user: 'etl',
    database: '/in',
  })
  expect(read('https://u:p@api.example.com:8443/v1?a=b')?.address).toEqual({
    authority: 'api.example.com:8443',
    path: '/v1',
    query: 'a=b',
  })
})

it('reads several variables together, in any case, and says nothing of the others', () => {
  expect(valuesOf('[default]\naws_access_key_id = AKIAEXAMPLE\nregion = x\nAWS_REGION=eu-west-1 # here')).toEqual({
    access_key_id: 'AKIAEXAMPLE',
    region: 'eu-west-1',
  })
})

it('reads the extra of an Airflow connection beside the rest', () => {
  const extra = encodeURIComponent('{"region_name":"eu-west-1","host":"no","deep":{"a":1}}')
  expect(valuesOf(`AIRFLOW_CONN_A=aws://AKIA:s%2Fcret@h/?__extra__=${extra}`)).toEqual({
    host: 'h',
    user: 'AKIA',
    password: 's/cret',
    region_name: 'eu-west-1',
    deep: '{"a":1}',
  })
})

it('reads a curl command over several lines', () => {
  const parts = read(`curl -sSL -X POST --url 'https://api.example.com/v1?x=1' \\
    -H 'Authorization: Bearer t0ken' --header "Accept: application/json" \\
    -u 'etl:p@ss word' -d '{"https://not.example.com": 1}'`)
  expect(parts).toMatchObject({
    dialect: 'curl',
    scheme: 'https',
    address: { authority: 'api.example.com', path: '/v1', query: 'x=1' },
    headers: [
      ['Authorization', 'Bearer t0ken'],
      ['Accept', 'application/json'],
    ],
  })
  expect(Object.fromEntries(parts?.values ?? [])).toMatchObject({ user: 'etl', password: 'p@ss word' })
  expect(read("curl -uetl:pw 'https://a.example.com/'")?.values.get('password')).toBe('pw')
  expect(read('curl localhost:8080/x')?.address?.authority).toBe('localhost:8080')
})

const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed())
const oneLine = text.filter((value) => !/[\r\n]/.test(value))
const brace = (value: string) => `{${value.replaceAll('}', '}}')}}`
const quote = (value: string) => `"${value.replaceAll('"', '""')}"`
const shell = (value: string) => `'${value.replaceAll("'", "'\\''")}'`
const login = (user: string, password: string) => `${encodeURIComponent(user)}:${encodeURIComponent(password)}`

describe('a login survives whatever characters it holds', () => {
  const survives = (write: (user: string, password: string) => string, of = text) =>
    fc.assert(
      fc.property(of, of, (user, password) => {
        expect(valuesOf(write(user, password))).toMatchObject({ user, password })
      }),
    )
  it('in a URL', () => survives((user, password) => `mysql://${login(user, password)}@h:1/d`))
  it('in a JDBC address', () =>
    survives((user, password) => {
      const query = new URLSearchParams({ user, password })
      return `jdbc:mysql://h:1/d?${query}`
    }))
  it('in an ODBC string', () =>
    survives((user, password) => `Driver={MySQL};Server=h;Uid=${brace(user)};Pwd=${brace(password)};`))
  it('in a .NET string', () => survives((user, password) => `Server=h;Uid=${quote(user)};Pwd=${quote(password)}`))
  it('in a Go DSN, where the user has no colon', () =>
    fc.assert(
      fc.property(text, text, (user, password) => {
        fc.pre(!user.includes(':') && !/^[A-Z_][A-Z0-9_]*=|^\S+\s|^["']|["'];?$|^\s/.test(user + password))
        expect(valuesOf(`${user}:${password}@tcp(h:1)/d`)).toMatchObject({ user, password })
      }),
    ))
  it('as Airflow JSON', () =>
    survives((user, password) => JSON.stringify({ conn_type: 'mysql', login: user, password })))
  it('in a variable in quotes', () =>
    fc.assert(
      fc.property(oneLine, (password) => {
        expect(valuesOf(`MYSQL_HOST=h\nMYSQL_PASSWORD="${password}"`).password).toBe(password)
      }),
      // Ends of lines to JavaScript, and to nobody else.
      { examples: [['\u2028 '], ['a\u2029b']] },
    ))
  it('in a curl command, where the user has no colon', () =>
    fc.assert(
      fc.property(text, text, (user, password) => {
        fc.pre(!user.includes(':'))
        expect(valuesOf(`curl https://h -u ${shell(`${user}:${password}`)}`)).toMatchObject({ user, password })
      }),
    ))
})

describe('what nobody wrote for it', () => {
  const prefixes = [
    '',
    'mysql://',
    'jdbc:mysql:',
    'host=',
    'MYSQL_HOST=',
    'curl ',
    'Driver={',
    'a:b@tcp(',
    '{"conn_type":',
    'sftp ',
  ]
  it('is never an error', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...prefixes), (rest, prefix) => {
        const parts = read(prefix + rest)
        if (parts) taking(parts).result({})
      }),
      { numRuns: 3_000 },
    ))
  it('never reaches what objects have by themselves', () => {
    for (const name of ['__proto__', 'constructor', 'toString', '__extra__']) {
      for (const hostile of [
        `mysql://h/d?${name}=x`,
        `${name}=x`,
        `Driver={MySQL};${name}=x;Server=h`,
        `{"conn_type":"mysql","${name}":{"polluted":1},"extra":{"${name}":{"polluted":1}}}`,
      ]) {
        const parts = read(hostile)
        const form = parts && taking(parts).result({})
        expect(Object.keys(form?.config ?? {})).toEqual([])
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
      }
    }
  })
  it('is refused when it is longer than any of them, and read in time when it is not', () => {
    expect(read(`mysql://h/${'x'.repeat(100_000)}`)).toBeUndefined()
    const started = performance.now()
    for (const prefix of prefixes)
      for (const piece of [
        "a='",
        '\\',
        '=',
        ' ',
        'a=b ',
        'a={;',
        'a=";',
        '@tcp(',
        '@',
        '%',
        '"',
        "'",
        '{',
        ':\n',
        '-H ',
      ])
        read(prefix + piece.repeat(30_000 / piece.length))
    expect(performance.now() - started).toBeLessThan(10_000)
  })
  it('is named by its key and never by its value', () => {
    const parts = read('mysql://h/d?sslpassword=hunter2&%00=hunter2')
    const { notes } = parts ? taking(parts).result({}) : { notes: [] }
    expect(notes.join()).toContain('sslpassword')
    expect(notes.join()).not.toContain('hunter2')
  })
})
