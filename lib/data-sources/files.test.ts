import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { db } from '#lib/db/client'
import { type RogueSsh, startRogueSsh } from '#lib/runner/testing/rogue-ssh'
import { hasSshd, type Sshd, startSshd } from '#lib/runner/testing/sshd'

describe.skipIf(!hasSshd)('a data source of files', () => {
  const api = useApi()
  useEngine()
  let people: TestWorkspace['people']
  let sshd: Sshd
  let rogue: RogueSsh
  let folder: string

  beforeAll(async () => {
    people = (await makeWorkspace()).people
    sshd = await startSshd(['Subsystem sftp internal-sftp'])
    rogue = await startRogueSsh()
    folder = mkdtempSync(path.join(tmpdir(), 'jackfield-files-'))
    mkdirSync(path.join(folder, 'daily'))
    for (let day = 1; day <= 5; day += 1)
      writeFileSync(path.join(folder, 'daily', `day-${day}.csv`), `id,name\n${day},x\n`)
    await create('exports')
  })
  afterAll(() => {
    sshd?.stop()
    rogue?.stop()
    if (folder) rmSync(folder, { recursive: true, force: true })
  })

  const settings = (over: object = {}) => ({
    host: '127.0.0.1',
    port: sshd.port,
    host_key: sshd.fingerprint,
    start_folder: folder,
    ...over,
  })
  const post = (conn_id: string, over: object = {}) =>
    api.call('POST', '/api/connections', {
      as: people.owner,
      body: {
        conn_id,
        name: conn_id,
        type: 'sftp',
        config: settings(over),
        credential: { kind: 'password.ssh_key', config: { username: sshd.user, private_key: sshd.privateKey } },
      },
    })
  const create = async (conn_id: string) => {
    const answer = await post(conn_id)
    expect([answer.status, answer.body.errors]).toEqual([201, undefined])
  }
  const read = (ref: string, url: string, as = people.viewer) =>
    api.call('GET', `/api/data-sources/${ref}/${url}`, { as })

  test('is browsed folder by folder, page by page, and its files are looked into', async () => {
    expect((await read('exports', 'files')).body.data).toMatchObject([{ name: 'daily', kind: 'folder', path: 'daily' }])
    const names: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await read('exports', `files?path=daily&limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      names.push(...page.body.data.map(({ name }: { name: string }) => name))
      cursor = page.body.meta.page.cursor
    }
    expect(names).toEqual([1, 2, 3, 4, 5].map((day) => `day-${day}.csv`))
    const { data } = (await read('exports', 'files/preview?path=daily/day-2.csv')).body
    expect(data).toMatchObject({
      format: 'csv',
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'name', type: 'text' },
      ],
      rows: [['2', 'x']],
      text: null,
      truncated: false,
    })
  })

  test('says what cannot be shown, and never as a fault of ours', async () => {
    expect((await read('exports', 'files?path=../..')).status).toBe(400)
    expect((await read('exports', 'files?path=nothing')).status).toBe(404)
    expect((await read('exports', 'files/preview?path=daily')).status).toBe(422)
    expect((await read('exports', 'files/preview?path=daily/day-1.csv&format=parquet')).status).toBe(422)
    expect((await read('exports', 'tables')).body.detail).toMatch(/nothing to discover/)
    expect((await read('exports', 'files?cursor=nonsense')).status).toBe(400)
  })

  test('what was looked into is in the trail, with its path, before it was opened', async () => {
    const answer = await read('exports', 'files/preview?path=daily/day-3.csv')
    const events = await db().auditEvent.findMany({ where: { requestId: answer.headers.get('x-request-id') } })
    expect(events).toMatchObject([{ event: 'data_source.previewed', details: { path: 'daily/day-3.csv' } }])
  })

  test('is saved only with the key of its server, and the error stands at that setting', async () => {
    const answer = await post('unknown', { host_key: '' })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toMatchObject([{ pointer: '/config/host_key' }])
  })

  test('keeps its login from a server with another key, whatever becomes of the settings (AUTHZ-3)', async () => {
    await create('victim')
    const change = (body: object) =>
      api.call('PATCH', '/api/connections/victim', { as: people.builder, body: { config: body } })
    const his = { port: rogue.port, host_key: rogue.fingerprint }
    for (const attempt of [his, { ...his, host_key: null }, { host_key: rogue.fingerprint }]) {
      await change(attempt)
      await api.call('POST', '/api/connections/victim/test', { as: people.builder, body: {} })
      await read('victim', 'files')
    }
    // The same place with another key is another server.
    expect((await change({ host_key: rogue.fingerprint })).body.code).toBe('destination_changed')
    const draft = { type: 'sftp', config: settings({ ...his, host_key: undefined }), connection_id: 'victim' }
    await api.call('POST', '/api/connections/test', { as: people.builder, body: draft })
    expect([rogue.attempts, rogue.proofs]).toEqual([[], []])
  })
})
