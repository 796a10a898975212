import { describe, expect, it } from 'vitest'
import { createLog, withhold } from './log.ts'

const secret = 'cnry-7f"3é/p+ss w0rd!'
const lines: string[] = []
const log = createLog('test', { destination: { write: (line: string) => void lines.push(line) } })
const printed = (write: () => void): string => {
  lines.length = 0
  write()
  return lines.join('')
}
withhold([secret])

/** What node drivers and parsers throw, with the secret where they really put it. */
const leakyErrors: [string, Error][] = [
  ['a URL that cannot be parsed', caught(() => new URL(`postgres://u:${encodeURIComponent(secret)}@[bad`))],
  ['mysql2 with .sql', Object.assign(new Error('bad'), { sql: `insert into t values ('${secret}')` })],
  [
    'pg with .detail, .where and .hint',
    Object.assign(new Error('dup'), { detail: `Key (a)=(${secret})`, where: secret, hint: secret }),
  ],
  ['a message that quotes it', new Error(`password authentication failed for "${secret}"`)],
  ['a message that was cut in the middle of it', new Error(`bad value ${secret.slice(0, 11)}`)],
  ['a cause', new Error('outer', { cause: new Error(secret) })],
  ['a config object', Object.assign(new Error('connect'), { config: { password: secret } })],
]

describe('a log line', () => {
  it.each(leakyErrors)('hides the secret of %s', (_, error) => {
    const text = printed(() => log.error({ err: error }, error.message))
    expect(text).not.toContain(secret.slice(0, 8))
    expect(text).not.toContain(JSON.stringify(secret).slice(1, 9))
    expect(() => JSON.parse(text)).not.toThrow()
  })

  const forms: [string, string][] = [
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['as a form field', new URLSearchParams([['p', secret]]).toString().slice(2)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in the middle of base64', Buffer.from(`user:${secret}`).toString('base64')],
    ['further on in base64', Buffer.from(`admin1:${secret}`).toString('base64')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
  ]
  it.each(forms)('hides a secret %s', (_, form) => {
    const text = printed(() => log.info({ note: form }, `saw ${form} here`))
    expect(text).toContain('********')
    expect(text).not.toContain(form.slice(8, 20))
  })

  it('hides values under telling keys, at any depth, known or not', () => {
    const unknown = 'never-registered'
    const deep = {
      request: { headers: { authorization: unknown }, body: { password: unknown, client_secret: unknown } },
    }
    const text = printed(() =>
      log.info({ ...deep, apiKey: unknown, refresh_token: unknown, list: [{ passphrase: unknown }] }),
    )
    expect(text).not.toContain(unknown)
  })

  it.each(['sql', 'detail', 'where', 'hint', 'input', 'config', 'headers', 'parameters'])(
    'leaves out what a driver repeats in .%s, known or not',
    (field) => {
      const text = printed(() => log.error({ err: Object.assign(new Error('x'), { [field]: 'never-registered' }) }))
      expect(text).not.toContain('never-registered')
    },
  )

  it('stays one JSON object whatever is in it', () => {
    const text = printed(() => log.info({ name: 'a\r\n{"level":"fatal"}\u001b[31m' }, 'x\ny'))
    expect(text.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(text)).toMatchObject({ level: 'info', component: 'test', msg: 'x\ny' })
  })

  it('keeps what is not secret', () => {
    const text = printed(() => log.info({ connection: 'conn_1', ms: 12, at: new Date(0) }, 'tested'))
    expect(JSON.parse(text)).toMatchObject({
      connection: 'conn_1',
      ms: 12,
      at: '1970-01-01T00:00:00.000Z',
      msg: 'tested',
    })
  })
})

function caught(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('expected an error')
}
