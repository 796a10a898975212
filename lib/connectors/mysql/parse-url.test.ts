import { expect, it } from 'vitest'
import { parseConnectionText as parse } from './parse-url.ts'

const full = {
  config: { host: 'db.example.com', port: 3307, database: 'shop' },
  credential: { username: 'etl', password: 's3:c/r@t' },
}

it.each([
  ['URL', 'mysql://etl:s3%3Ac%2Fr%40t@db.example.com:3307/shop'],
  ['MariaDB’s', 'mariadb://etl:s3%3Ac%2Fr%40t@db.example.com:3307/shop'],
  ['SQLAlchemy', 'mysql+pymysql://etl:s3%3Ac%2Fr%40t@db.example.com:3307/shop?charset=utf8mb4'],
  ['JDBC', 'jdbc:mysql://db.example.com:3307/shop?user=etl&password=s3%3Ac%2Fr%40t&useUnicode=true'],
  ['JDBC of MariaDB', 'jdbc:mariadb://db.example.com:3307/shop?user=etl&password=s3%3Ac%2Fr%40t'],
  ['Go DSN', 'etl:s3:c/r@t@tcp(db.example.com:3307)/shop?parseTime=true&loc=UTC'],
  [
    'ODBC',
    'Driver={MySQL ODBC 8.0 Unicode Driver};Server=db.example.com;Port=3307;Database=shop;Uid=etl;Pwd={s3:c/r@t};',
  ],
  ['.env', 'DB_HOST=db.example.com\nDB_PORT=3307\nDB_DATABASE=shop\nDB_USERNAME=etl\nDB_PASSWORD="s3:c/r@t"'],
  [
    'of Docker',
    'MYSQL_HOST=db.example.com\nMYSQL_PORT=3307\nMYSQL_DATABASE=shop\nMYSQL_USER=etl\nMYSQL_PASSWORD=s3:c/r@t',
  ],
])('reads %s', (_, text) => expect(parse(text)).toEqual({ ...full, notes: [] }))

it.each([
  ['jdbc:mysql://h/d?sslMode=VERIFY_IDENTITY', 'verify-full'],
  ['jdbc:mysql://h/d?sslMode=VERIFY_CA', 'verify-ca'],
  ['jdbc:mysql://h/d?sslMode=REQUIRED', 'require'],
  ['jdbc:mysql://h/d?sslMode=PREFERRED', 'prefer'],
  ['jdbc:mysql://h/d?useSSL=false', 'disable'],
  ['jdbc:mysql://h/d?useSSL=true', 'verify-full'],
  ['jdbc:mariadb://h/d?sslMode=trust', 'require'],
  ['mysql://h/d?ssl-mode=DISABLED', 'disable'],
  ['mysql://h/d?sslaccept=strict', 'verify-full'],
  ['mysql://h/d?ssl={"rejectUnauthorized":true}', 'verify-full'],
  ['u@tcp(h)/d?tls=true', 'verify-full'],
  ['u@tcp(h)/d?tls=skip-verify', 'require'],
  ['u@tcp(h)/d?tls=custom', 'verify-full'],
  ['mysql://h/d', undefined],
])('understands the mode of %s', (text, mode) => expect(parse(text)?.config.ssl_mode).toBe(mode))

it('says what it leaves out, and never takes an option that hands power to the server', () => {
  const parsed = parse(
    'jdbc:mysql://h:1/d?allowLoadLocalInfile=true&allowPublicKeyRetrieval=true&autoReconnect=true&user=u',
  )
  expect(parsed).toMatchObject({ config: { host: 'h', port: 1, database: 'd' }, credential: { username: 'u' } })
  expect(parsed?.notes.join(' ')).toMatch(/never used.*autoReconnect/)
  expect(parse('mysql://u@h/d?ssl-ca=/etc/ca.pem')?.notes.join(' ')).toMatch(/CA certificate is a file/)
})

it('leaves the texts of others alone', () => {
  for (const text of [
    'postgres://u@h/d',
    'sqlserver://h',
    'Server=h;Initial Catalog=d;User Id=u;Password=p',
    'mysql:',
    'mysql',
  ])
    expect(parse(text), text).toBeUndefined()
})
