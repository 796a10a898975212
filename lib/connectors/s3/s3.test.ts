import { createServer as createPlain, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { connect } from 'node:net'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRunners } from '../_files/testing/run.ts'
import { type Certificates, makeCertificates } from '../_tls/testing/certificates.ts'
import { manifest } from './manifest.ts'
import { hasRadosgw, type Radosgw, startRadosgw } from './testing/radosgw.ts'

describe.skipIf(!hasRadosgw)('a store with the S3 protocol (Ceph radosgw)', () => {
  const runners = startRunners(manifest)
  const servers: Server[] = []
  let store: Radosgw
  let endpoint: string

  beforeAll(async () => {
    store = await startRadosgw()
    endpoint = `http://127.0.0.1:${store.port}`
    const client = new AwsClient({ ...store.app, service: 's3', region: 'us-east-1' })
    const put = async (path: string, body?: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => {
      const answer = await client.fetch(`${endpoint}/${path}`, {
        method: 'PUT',
        headers,
        ...(body !== undefined && { body }),
      })
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    }
    for (const bucket of ['exports', 'empty', 'public']) await put(bucket)
    await put('exports/daily/orders.csv', 'id,total\n1,10.5\n2,7\n')
    await put('exports/daily/odd%20%2B%25%3F%26%20n%C3%A4me.json', '[{"a":1}]')
    await put('exports/top.txt', 'hello\n')
    await put('exports/other/secret.csv', 'a,b\ncanary,1\n')
    await put('exports/large.csv', `id,text\n${'1,xxxxxxxxxxxxxxxxxxxxxxxx\n'.repeat(150_000)}`)
    for (let part = 0; part < 25; part += 1) await put(`exports/many/part-${String(part).padStart(3, '0')}.json`, '{}')
    await put('public/open.txt', 'for everybody\n', { 'x-amz-acl': 'public-read' })
    await put('public?acl', undefined, { 'x-amz-acl': 'public-read' })
  }, 90_000)
  afterAll(async () => {
    await runners.stop()
    for (const server of servers) server.close()
    store?.stop()
  })

  const login = (over: object = {}) => ({
    kind: 'aws.access_key',
    access_key_id: store.app.accessKeyId,
    secret_access_key: store.app.secretAccessKey,
    ...over,
  })
  const guest = () => login({ access_key_id: store.guest.accessKeyId, secret_access_key: store.guest.secretAccessKey })
  const role = (over: object = {}) => login({ kind: 'aws.assume_role', role_arn: store.role, ...over })
  const config = (over: object = {}) => ({ endpoint, bucket: 'exports', ...over })
  const test = (over: object = {}, credential: object | undefined = login()) =>
    runners.test({ config: config(over), credential: credential as Record<string, unknown> | undefined })
  const list = async (request: object = {}, over: object = {}, credential: object = login()) => {
    const { lines, error, code } = await runners.files(
      { config: config(over), credential: { ...credential } },
      { what: 'list', ...request },
    )
    const entries = lines.flatMap((line) => (line.type === 'entry' ? [line] : []))
    const after = lines.flatMap((line) => (line.type === 'page' ? [line.after] : []))[0]
    return { entries, after, error, code, names: entries.map(({ name }) => name) }
  }
  const preview = async (path: string, over: object = {}, credential: object | null = login()) => {
    const { lines, error, code } = await runners.files(
      { config: config(over), credential: credential === null ? undefined : { ...credential } },
      { what: 'preview', path },
    )
    const head = lines.flatMap((line) => (line.type === 'preview' ? [line] : []))[0]
    const rows = lines.flatMap((line) => (line.type === 'row' ? [line.values] : []))
    const text = lines.flatMap((line) => (line.type === 'text' ? [line.text] : [])).join('')
    const end = lines.flatMap((line) => (line.type === 'end' ? [line.truncated] : []))[0]
    return { head, rows, text, error, code, end }
  }

  it('is reached with an access key, and every step is shown', async () => {
    const { outcome, stages } = await test()
    expect(outcome).toMatchObject({ success: true, cause: null })
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'dns passed',
      'tcp passed',
      'tls warning',
      'authenticate passed',
      'bucket passed',
      'grants passed',
    ])
  })

  it('a role is assumed and used', async () => {
    const { outcome, stages } = await test({}, role())
    expect(outcome).toMatchObject({ success: true })
    expect(stages.map(({ name, status }) => `${name} ${status}`)).toContain('role passed')
    expect((await list({}, {}, role())).names).toContain('daily')
  })

  it.each<[string, string, object, () => object | undefined]>([
    ['a wrong secret', 'auth.signature', { plain: true }, () => login({ secret_access_key: 'wrong-canary' })],
    ['an unknown key', 'auth.key_unknown', { plain: true }, () => login({ access_key_id: 'AKIANOTHERE000000000' })],
    ['no secret', 'auth.no_secret', {}, () => login({ secret_access_key: undefined })],
    [
      'a session with a made-up token',
      'auth.expired',
      {},
      () => login({ kind: 'aws.session', session_token: 'made-up' }),
    ],
    ['an unknown role', 'role.refused', {}, () => role({ role_arn: 'arn:aws:iam:::role/Nobody' })],
    [
      'a caller that may not assume the role',
      'role.refused',
      {},
      () => ({ ...role(), ...guest(), kind: 'aws.assume_role' }),
    ],
    ['a role with a wrong secret of its caller', 'role.refused', {}, () => role({ secret_access_key: 'wrong' })],
    ['a role without a caller', 'auth.no_caller', {}, () => role({ access_key_id: undefined })],
    ['a bucket that is not there', 'bucket.not_found', { bucket: 'nothing-here' }, () => login()],
    ['a bucket of somebody else', 'bucket.denied', {}, guest],
    ['no login to a private bucket', 'bucket.denied', {}, () => undefined],
    ['a closed port', 'tcp.refused', { endpoint: 'http://127.0.0.1:1' }, () => login()],
  ])('%s is told as such', async (_what, expected, over, credential) => {
    const { plain, ...settings } = { plain: false, ...over }
    const { code, outcome, text } = await runners.test({
      config: config({ ...settings, ...(plain && { endpoint: `http://127.0.0.1:${store.plainPort}` }) }),
      credential: credential() as Record<string, unknown> | undefined,
    })
    expect([code, outcome.message]).toEqual([expected, expect.stringMatching(/^[A-Z“1].*\.$/s)])
    expect(text + JSON.stringify(outcome)).not.toContain('canary')
  })

  it('a missing right comes with the policy that gives it', async () => {
    const { outcome } = await test({ prefix: 'daily' }, guest())
    expect(outcome.cause?.fix?.text).toContain('arn:aws:s3:::exports/daily/*')
    expect(outcome.cause?.fix?.text).toContain('s3:GetObject')
  })

  describe('lists', () => {
    it('prefixes as folders, with sizes and times', async () => {
      const { entries, after } = await list()
      expect(after).toBeNull()
      expect(entries.map(({ name, kind }) => `${kind} ${name}`).toSorted()).toEqual([
        'file large.csv',
        'file top.txt',
        'folder daily',
        'folder many',
        'folder other',
      ])
      expect(entries.find(({ name }) => name === 'top.txt')).toMatchObject({
        size_bytes: 6,
        modified_at: expect.stringMatching(/^20/),
      })
    })
    it('a large prefix page by page, every object once', async () => {
      const names: string[] = []
      let after: string | null | undefined
      do {
        const page = await list({ path: 'many', limit: 10, ...(after && { after }) })
        names.push(...page.names)
        after = page.after
      } while (after)
      expect(names).toEqual(Array.from({ length: 25 }, (_, part) => `part-${String(part).padStart(3, '0')}.json`))
    })
    it('the buckets of an account where none is named', async () => {
      expect((await list({}, { bucket: undefined })).names).toEqual(['empty', 'exports', 'public'])
      expect((await list({ path: 'exports/daily' }, { bucket: undefined })).names).toContain('orders.csv')
    })
    it('nothing outside of the prefix of the connection', async () => {
      expect((await list({}, { prefix: 'daily' })).names).toContain('orders.csv')
      for (const path of ['..', '../other', 'x/../../other', '/other'])
        expect(await list({ path }, { prefix: 'daily' })).toMatchObject({ code: 'invalid_request', names: [] })
      expect(await list({ path: 'other' }, { prefix: 'daily' })).toMatchObject({ code: 'not_found' })
    })
  })

  describe('previews', () => {
    it('a CSV object with its types', async () => {
      const { head, rows } = await preview('daily/orders.csv')
      expect(head).toMatchObject({
        format: 'csv',
        columns: [
          { name: 'id', type: 'integer' },
          { name: 'total', type: 'decimal' },
        ],
      })
      expect(rows).toEqual([
        ['1', '10.5'],
        ['2', '7'],
      ])
    })
    it('only the beginning of a large one', async () => {
      const { rows, end, head } = await preview('large.csv')
      expect([rows.length, end, head?.size_bytes]).toEqual([100, true, 150_000 * 27 + 8])
    })
    it('an object with a name full of traps', async () => {
      expect((await preview('daily/odd +%?& näme.json')).rows).toEqual([[1]])
    })
    it('what is open to everybody without a login', async () => {
      expect((await preview('open.txt', { bucket: 'public' }, null)).text).toBe('for everybody')
      expect((await preview('top.txt', {}, null)).code).toBe('unprocessable')
    })
    it('nothing that is not there or may not be read', async () => {
      expect(await preview('gone.csv')).toMatchObject({ code: 'not_found' })
      expect(await preview('top.txt', {}, guest())).toMatchObject({ code: 'unprocessable' })
    })
  })

  describe('other servers', () => {
    let certificates: Certificates
    beforeAll(() => {
      certificates = makeCertificates()
    })
    const listening = (server: Server): Promise<number> =>
      new Promise((resolve) => {
        servers.push(server)
        server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
      })
    const answering = (status: number, body: string, headers: Record<string, string> = {}) => {
      const seen: string[] = []
      const server = createPlain((request, response) => {
        seen.push(JSON.stringify(request.headers))
        response.writeHead(status, headers).end(body)
      })
      return { seen, port: listening(server) }
    }

    it('TLS is checked, and passes with the right authority', async () => {
      const front = createSecure(
        { key: certificates.good.key, cert: certificates.good.certificate },
        (request, response) => {
          const socket = connect(store.port, '127.0.0.1')
          const head = request.rawHeaders.map((text, index) => (index % 2 ? `${text}\r\n` : `${text}: `)).join('')
          socket.end(`${request.method} ${request.url} HTTP/1.1\r\n${head}\r\n`)
          socket.pipe(response.socket ?? response)
        },
      )
      const port = await listening(front)
      const there = { endpoint: `https://localhost:${port}` }
      expect((await test(there)).code).toBe('tls.untrusted')
      expect((await test({ ...there, ssl_root_cert: certificates.authority })).code).toBeUndefined()
      expect((await test({ endpoint: `https://127.0.0.1:${port}`, ssl_root_cert: certificates.authority })).code).toBe(
        'tls.name_mismatch',
      )
    })

    it('a bucket in another region names its region, and is not followed there', async () => {
      const elsewhere = answering(200, '')
      const target = await elsewhere.port
      const body = '<Error><Code>PermanentRedirect</Code><Endpoint>evil.example.com</Endpoint></Error>'
      const { port } = answering(301, body, {
        'x-amz-bucket-region': 'eu-west-3',
        location: `http://127.0.0.1:${target}/`,
      })
      const { outcome, code } = await test({ endpoint: `http://127.0.0.1:${await port}` })
      expect([code, outcome.cause?.fix?.text]).toEqual(['region.wrong', 'region = eu-west-3'])
      expect(elsewhere.seen).toEqual([])
    })

    it('a clock that is wrong is named with the difference', async () => {
      const server = new Date(Date.now() + 3_600_000).toISOString()
      const body = `<Error><Code>RequestTimeTooSkewed</Code><RequestTime>x</RequestTime><ServerTime>${server}</ServerTime></Error>`
      const { port } = answering(403, body)
      const { outcome } = await test({ endpoint: `http://127.0.0.1:${await port}` })
      expect(outcome.message).toMatch(/60 minutes/)
    })

    it.each([
      ['a web page', 200, '<html><title>Sign in</title></html>'],
      ['nothing', 200, ''],
      ['JSON', 404, '{"error":"no"}'],
      ['broken XML', 200, '<ListBucketResult><Contents><Key>x'],
    ])('%s is not taken for a store', async (_what, status, body) => {
      const { port } = answering(status, body)
      const { code, outcome } = await test({ endpoint: `http://127.0.0.1:${await port}` })
      expect([outcome.success, code]).toEqual([false, 'protocol.not_s3'])
    })

    it('the secret is never sent, whatever answers', async () => {
      const rogue = answering(403, '<Error><Code>AccessDenied</Code></Error>')
      const port = await rogue.port
      for (const credential of [login(), role()]) await test({ endpoint: `http://127.0.0.1:${port}` }, credential)
      expect(rogue.seen.length).toBeGreaterThan(1)
      expect(rogue.seen.join('\n')).not.toContain(store.app.secretAccessKey)
    })
  })
})
