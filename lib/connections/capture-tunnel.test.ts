import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type CallOptions, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword as password, useTarget } from '#lib/api/testing/target'
import { type HostileServer, startHostile } from '#lib/connectors/_test/testing/zoo'
import { authentication, scramOffer } from '#lib/connectors/postgres/testing/zoo'
import { db } from '#lib/db/client'
import { type RogueSsh, startRogueSsh } from '#lib/runner/testing/rogue-ssh'
import { hasSshd, type Sshd, startSshd } from '#lib/runner/testing/sshd'

/*
 * AUTHZ-3 for what stands in between: the attacker runs an SSH server that lets everybody in, keeps every proof and leads
 * to a database of his. He may edit connections, press Test, and write into the database. Of a stored secret neither the
 * SSH part nor the database's password may reach him.
 */

describe.skipIf(!hasSshd)('an attacker with an SSH server', () => {
  const api = useApi()
  useEngine()
  const { config } = useTarget()
  const sshPassword = 'ssh-password-canary'

  let people: TestWorkspace['people']
  let sshd: Sshd
  /** Lets in and forwards nothing: what arrives at a trap did not come through it. */
  let strict: Sshd
  let rogue: RogueSsh
  let trap: HostileServer

  beforeAll(async () => {
    people = (await makeWorkspace()).people
    sshd = await startSshd()
    strict = await startSshd(['AllowTcpForwarding no'])
    trap = await startHostile((socket, _, turn) => void (turn === 0 ? socket.write(scramOffer) : socket.destroy()))
    rogue = await startRogueSsh({ forwardTo: trap.port })
  })
  afterAll(() => {
    sshd?.stop()
    strict?.stop()
    rogue?.stop()
    trap?.stop()
  })

  type As = CallOptions['as']
  const send = (method: string, url: string, body?: unknown, as: As = people.builder) =>
    api.call(method, url, { as, ...(body !== undefined && { body }) })
  const draft = (body: object, as?: As) => send('POST', '/api/connections/test', { type: 'postgres', ...body }, as)
  const through = (server: Sshd) => ({
    host: '127.0.0.1',
    port: server.port,
    user: server.user,
    host_key: server.fingerprint,
  })
  const hisTunnel = () => ({ host: '127.0.0.1', port: rogue.port, user: 'anybody', host_key: rogue.fingerprint })

  let made = 0
  const create = async (settings: object, secret: object, meta: object = {}) => {
    const conn_id = `victim-${++made}`
    const body = {
      conn_id,
      type: 'postgres',
      config: config(settings),
      credential: { config: { username: 'etl', password, ...secret, ...meta } },
    }
    const answer = await send('POST', '/api/connections', body, people.owner)
    if (answer.status !== 201) throw new Error(answer.text)
    return answer.body.data as { id: string; conn_id: string; credential_id: string }
  }
  const sshSecret = (server: Sshd) => ({ ssh_private_key: server.privateKey, ssh_password: sshPassword })
  const tunnelled = (over: object = {}) => create({ ssh_tunnel: through(sshd), ...over }, sshSecret(sshd))
  const direct = () => create({}, { ssh_password: sshPassword })

  const press = async (ref: string) => {
    for (const as of [people.builder, people.runner, people.owner]) {
      await send('POST', `/api/connections/${ref}/test`, {}, as)
    }
    await send('GET', `/api/data-sources/${ref}/schemas`)
  }
  const edited = async (made: Promise<{ conn_id: string }>, settings: object, method = 'PATCH') => {
    const { conn_id } = await made
    await send(method, `/api/connections/${conn_id}`, { config: settings })
    await press(conn_id)
  }

  const ways: Record<string, () => Promise<unknown>> = {
    'his tunnel in place of the right one': () => edited(tunnelled(), { ssh_tunnel: hisTunnel() }),
    'his tunnel in a PUT': () => edited(tunnelled(), config({ ssh_tunnel: hisTunnel() }), 'PUT'),
    'only the port changed to his': () => edited(tunnelled(), { ssh_tunnel: { ...through(sshd), port: rogue.port } }),
    'port and key changed to his': () =>
      edited(tunnelled(), { ssh_tunnel: { ...through(sshd), port: rogue.port, host_key: rogue.fingerprint } }),
    'port changed and the key left out': () =>
      edited(tunnelled(), { ssh_tunnel: { ...through(sshd), port: rogue.port, host_key: undefined } }),
    'a tunnel added to a connection without one': () => edited(direct(), { ssh_tunnel: hisTunnel() }),
    'a tunnel added with the mask sent back': async () => {
      const { conn_id } = await direct()
      const credential = { config: { password: '********', ssh_password: '********' } }
      await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel: hisTunnel() }, credential })
      await press(conn_id)
    },
    'a tunnel added, and an SSH password of his own typed for it': async () => {
      const { conn_id } = await create({}, {})
      const credential = { config: { ssh_password: 'his own' } }
      await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel: hisTunnel() }, credential })
      await draft({ config: config({ ssh_tunnel: hisTunnel() }), connection_ref: conn_id, credential })
      await press(conn_id)
    },
    'the tunnel removed, where its address means his server here': async () => {
      const { conn_id } = await create({ port: trap.port, ssh_tunnel: through(strict) }, sshSecret(strict))
      await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel: null } })
      await draft({ config: config({ port: trap.port }), connection_ref: conn_id })
      await press(conn_id)
    },
    'unsaved settings with his tunnel on the saved connection': async () => {
      const { conn_id } = await tunnelled()
      await draft({ config: config({ ssh_tunnel: hisTunnel() }), connection_ref: conn_id })
    },
    'unsaved settings with his tunnel and the credential’s id': async () => {
      const { credential_id } = await tunnelled()
      for (const as of [people.builder, people.runner, people.integrator])
        await draft({ config: config({ ssh_tunnel: hisTunnel() }), credential_id }, as)
    },
    'unsaved settings with his tunnel, its key not accepted yet': async () => {
      const { credential_id, conn_id } = await tunnelled()
      const settings = config({ ssh_tunnel: { ...hisTunnel(), host_key: undefined } })
      for (const as of [people.builder, people.owner]) {
        await draft({ config: settings, credential_id }, as)
        await draft({ config: settings, connection_ref: conn_id }, as)
      }
    },
    'the credential on a connection of his through his tunnel': async () => {
      const { credential_id } = await tunnelled()
      const body = { conn_id: `his-${++made}`, type: 'postgres', config: config({ ssh_tunnel: hisTunnel() }) }
      await send('POST', '/api/connections', { ...body, credential_id })
      await send('POST', '/api/connections', body)
      await send('PATCH', `/api/connections/${body.conn_id}`, { credential_id })
      await press(body.conn_id)
    },
    'a credential that only names its host, first attached through his tunnel': async () => {
      const { host, port } = config() as { host: string; port: number }
      const secret = { password, ssh_password: sshPassword }
      const stored = { name: `hinted-${++made}`, type: 'database', config: { username: 'etl', host, port, ...secret } }
      const { body } = await send('POST', '/api/credentials', stored, people.owner)
      const his = { conn_id: `his-${++made}`, type: 'postgres', config: config({ ssh_tunnel: hisTunnel() }) }
      await draft({ config: his.config, credential_id: body.data.id })
      await send('POST', '/api/connections', { ...his, credential_id: body.data.id })
      await send('POST', `/api/connections/${his.conn_id}/test`, {})
    },
    'his tunnel written into the database': async () => {
      const { id, conn_id } = await tunnelled()
      await db().$executeRaw`update connections
        set config = jsonb_set(config, '{ssh_tunnel}', ${JSON.stringify(hisTunnel())}::jsonb) where id = ${id}`
      await press(conn_id)
    },
    'his tunnel written into the database without a key': async () => {
      const { id, conn_id } = await tunnelled()
      const { host_key: _, ...unpinned } = hisTunnel()
      await db().$executeRaw`update connections
        set config = jsonb_set(config, '{ssh_tunnel}', ${JSON.stringify(unpinned)}::jsonb) where id = ${id}`
      await press(conn_id)
    },
    'his tunnel written beside the connection and into what the secret is sealed to': async () => {
      const { id, conn_id, credential_id } = await tunnelled()
      const his = JSON.stringify(hisTunnel())
      await db().$executeRaw`update connections
        set config = jsonb_set(config, '{ssh_tunnel}', ${his}::jsonb) where id = ${id}`
      await db().$executeRaw`update credentials
        set destination = jsonb_set(destination, '{tunnel}', ${his}::jsonb) where id = ${credential_id}`
      await press(conn_id)
    },
  }

  test('what is typed for his server does arrive there, both secrets, so the traps work', async () => {
    const control = await startHostile((socket, _, turn) => void (turn === 0 && socket.write(authentication(3))))
    const open = await startRogueSsh({ forwardTo: control.port })
    const ssh_tunnel = { ...hisTunnel(), port: open.port, host_key: open.fingerprint }
    const credential = { config: { username: 'etl', password: 'typed for it', ssh_password: 'typed too' } }
    const scram = await startRogueSsh({ forwardTo: trap.port })
    await draft({ config: config({ ssh_tunnel }), credential }, people.owner)
    expect(open.proofs).toEqual(['typed too'])
    expect(control.heard().length).toBeGreaterThan(0)
    for (const { stop } of [open, scram, control]) stop()
  })

  test('the right way works: the tunnel with its key, and both secrets', async () => {
    const { conn_id } = await tunnelled()
    const answer = await send('POST', `/api/connections/${conn_id}/test`, {}, people.runner)
    expect(answer.body.data ?? answer.body).toMatchObject({ success: true })
  })

  test.each(Object.entries(ways))('%s gets no stored secret', async (_, attempt) => {
    await attempt()
    const heard = trap.heard().toString('latin1')
    expect(heard).not.toContain(password)
    expect(heard).not.toMatch(/SCRAM-SHA-256|n,,n=/)
    const own = rogue.proofs.filter((proof) => proof !== 'his own')
    expect([rogue.attempts.length, own]).toEqual([0, []])
  })

  test.each(['host', 'port', 'user', 'host_key'])('another %s is another destination', async (member) => {
    const { conn_id } = await tunnelled()
    const other = { host: 'localhost', port: rogue.port, user: 'somebody', host_key: `SHA256:${'A'.repeat(43)}` }
    const ssh_tunnel = { ...through(sshd), [member]: other[member as keyof typeof other] }
    const refused = { status: 403, body: { code: 'destination_changed' } }
    expect(await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel } })).toMatchObject(refused)
    const tried = await draft({ config: config({ ssh_tunnel }), connection_ref: conn_id })
    expect(tried).toMatchObject(refused)
    const same = await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel: through(sshd) } })
    expect(same.status).toBe(200)
  })

  test('a connection is saved only with a key that was accepted; until then a test shows it and opens no secret', async () => {
    const { conn_id, credential_id } = await direct()
    const ssh_tunnel = { ...through(sshd), host_key: '' }
    const saved = await send('PATCH', `/api/connections/${conn_id}`, { config: { ssh_tunnel } }, people.owner)
    expect(saved.body.errors).toEqual([expect.objectContaining({ pointer: '/config/ssh_tunnel/host_key' })])
    const tried = await draft({ config: config({ ssh_tunnel }), connection_ref: conn_id, credential_id: undefined })
    expect(tried.text).toContain('tunnel.host_key_unknown')
    expect(tried.text).toContain(sshd.fingerprint)
    expect(credential_id).toBeTruthy()
  })
})
