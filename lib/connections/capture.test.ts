import { afterAll, beforeAll, expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { type CallOptions, makeWorkspace, type TestWorkspace, useApi } from '#lib/api/testing/install'
import { targetPassword as password, useTarget } from '#lib/api/testing/target'
import { type HostileServer, startHostile } from '#lib/connectors/_test/testing/zoo'
import { authentication, scramOffer } from '#lib/connectors/postgres/testing/zoo'
import { placeOf } from '#lib/credentials/destination'
import { db } from '#lib/db/client'

/*
 * AUTHZ-3, from the attacker's side: he may edit connections, press Test, call the API with every field it knows, and at
 * the end write into the database. He has a server of his own that takes a login and keeps what it is sent. The secret
 * was typed for another server; nothing that could be used as it may arrive at his.
 */

const api = useApi()
useEngine()
const { config } = useTarget()

let workspace: TestWorkspace
let people: TestWorkspace['people']
let outsiders: TestWorkspace['people']
/** Takes SCRAM logins as far as they go, which is how a password could be guessed from them. */
let scram: HostileServer
/** Asks for the password in clear. */
let clear: HostileServer

/** Asks for a login, keeps the answer, hangs up. */
const trapServer = (offer: Buffer) =>
  startHostile((socket, _, turn) => void (turn === 0 ? socket.write(offer) : socket.destroy()))

beforeAll(async () => {
  workspace = await makeWorkspace()
  people = workspace.people
  outsiders = (await makeWorkspace()).people
  scram = await trapServer(scramOffer)
  clear = await trapServer(authentication(3))
})

afterAll(() => {
  scram?.stop()
  clear?.stop()
})

type As = CallOptions['as']
const send = (method: string, url: string, body?: unknown, as: As = people.builder) =>
  api.call(method, url, { as, ...(body !== undefined && { body }) })

let made = 0
/** A connection whose secret was typed for the real server by somebody else. */
const victim = async (over: object = {}) => {
  const conn_id = `victim-${++made}`
  const body = {
    conn_id,
    name: conn_id,
    type: 'postgres',
    config: config(over),
    credential: { config: { username: 'etl', password } },
  }
  const answer = await send('POST', '/api/connections', body, people.owner)
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data as { id: string; conn_id: string; credential_id: string }
}

/** A connection to the attacker's server, without a credential. */
const trap = async (port = scram.port) => {
  const conn_id = `trap-${++made}`
  const answer = await send('POST', '/api/connections', { conn_id, type: 'postgres', config: config({ port }) })
  if (answer.status !== 201) throw new Error(answer.text)
  return answer.body.data as { id: string; conn_id: string }
}

/** Began at the attacker's server, where he had a secret of his own; then somebody typed the real one for the real server. */
const returnable = async (port: number) => {
  const { id, conn_id } = await trap(port)
  const own = { username: 'his', password: 'his own' }
  await send('PATCH', `/api/connections/${id}`, { credential: { config: own } }, people.integrator)
  const moved = { config: config(), credential: { config: { username: 'etl', password } } }
  const answer = await send('PATCH', `/api/connections/${id}`, moved, people.integrator)
  if (answer.status !== 200) throw new Error(answer.text)
  return { id, conn_id, credential_id: answer.body.data.credential_id as string }
}

/** Every button that opens a secret, pressed by everybody who has one. */
const press = async (ref: string) => {
  for (const as of [people.builder, people.runner, people.owner]) {
    await send('POST', `/api/connections/${ref}/test`, {}, as)
  }
  for (const path of ['schemas', 'tables?schema=public', 'discovery', 'tables/public.orders']) {
    await send('GET', `/api/data-sources/${ref}/${path}`)
  }
}

const draft = (body: object, as?: As) => send('POST', '/api/connections/test', { type: 'postgres', ...body }, as)
const there = () => config({ port: scram.port })
const both = async (attempt: (port: number) => Promise<unknown>) => {
  for (const { port } of [scram, clear]) await attempt(port)
}
const edit = (method: string, change: (port: number) => object, as?: As) => () =>
  both(async (port) => {
    const { conn_id } = await victim()
    await send(method, `/api/connections/${conn_id}`, change(port), as)
    await press(conn_id)
  })

const inSql = (statement: (port: number) => (id: { conn: string; cred: string }) => Promise<unknown>) => () =>
  both(async (port) => {
    const { id, conn_id, credential_id } = await victim()
    await statement(port)({ conn: id, cred: credential_id })
    await press(conn_id)
  })

const ways: Record<string, () => Promise<unknown>> = {
  'PATCH of the port': edit('PATCH', (port) => ({ config: { port } })),
  'PATCH of the port in the flat body': edit('PATCH', (port) => ({ port })),
  'PATCH of host and port, the host spelled differently': edit('PATCH', (port) => ({
    config: { host: 'localhost', port },
  })),
  'PATCH with the host as an integer': edit('PATCH', (port) => ({ config: { host: '2130706433', port } })),
  'PATCH with a trailing dot': edit('PATCH', (port) => ({ config: { host: 'localhost.', port } })),
  'PATCH with two hosts in one': edit('PATCH', (port) => ({ config: { host: '127.0.0.1,localhost', port } })),
  'PATCH with a login in the host': edit('PATCH', (port) => ({ config: { host: `x@127.0.0.1:${port}` } })),
  'PATCH that sends the mask back': edit('PATCH', (port) => ({ config: { port }, password: '********' })),
  'PATCH that sends the mask back in the credential': edit('PATCH', (port) => ({
    config: { port },
    credential: { config: { password: '********' } },
  })),
  'PATCH that changes only the username with it': edit('PATCH', (port) => ({
    config: { port },
    credential: { config: { username: 'other' } },
  })),
  'PATCH that switches the role with it': edit('PATCH', (port) => ({ role: 'destination', config: { port } })),
  'PATCH that moves the environment with it': edit('PATCH', (port) => ({ environment: 'dev', config: { port } })),
  'PUT of everything': edit('PUT', (port) => ({ name: 'renamed', config: config({ port }) })),
  'PUT that leaves the credential out': edit('PUT', (port) => ({ config: config({ port }), tags: ['a'] })),
  'a test of unsaved settings on the saved connection': async () => {
    const { conn_id } = await victim()
    await both((port) => draft({ config: config({ port }), connection_ref: conn_id }))
  },
  'a test of unsaved settings with the mask': async () => {
    const { conn_id } = await victim()
    const credential = { config: { username: 'etl', password: '********' } }
    await both((port) => draft({ config: config({ port }), connection_ref: conn_id, credential }))
  },
  'a test of unsaved settings with another username': async () => {
    const { conn_id } = await victim()
    const credential = { config: { username: 'x' } }
    await both((port) => draft({ config: config({ port }), connection_ref: conn_id, credential }))
  },
  'a test of unsaved settings with the credential’s id': async () => {
    const { credential_id } = await victim()
    await both((port) => draft({ config: config({ port }), credential_id }))
  },
  'the same by a runner': async () => {
    const { credential_id, conn_id } = await victim()
    await draft({ config: there(), credential_id }, people.runner)
    await draft({ config: there(), connection_ref: conn_id }, people.runner)
  },
  'the same by an integrator': async () => {
    const { credential_id, conn_id } = await victim()
    await draft({ config: there(), credential_id }, people.integrator)
    await draft({ config: there(), connection_ref: conn_id }, people.integrator)
  },
  'a new connection with the credential’s id': async () => {
    const { credential_id } = await victim()
    const body = { conn_id: `new-${++made}`, type: 'postgres', config: there(), credential_id }
    const answer = await send('POST', '/api/connections', body)
    if (answer.status === 201) await press(answer.body.data.conn_id)
  },
  'the credential attached to a connection of one’s own': async () => {
    const { credential_id } = await victim()
    await both(async (port) => {
      const { conn_id } = await trap(port)
      await send('PATCH', `/api/connections/${conn_id}`, { credential_id })
      await press(conn_id)
    })
  },
  'a duplicate that is pointed elsewhere': async () => {
    const { conn_id } = await victim()
    const copy = await send('POST', `/api/connections/${conn_id}/duplicate`, {})
    await send('PATCH', `/api/connections/${copy.body.data.conn_id}`, { config: { port: scram.port } })
    await press(copy.body.data.conn_id)
  },
  'a dry run of the change, then a test': async () => {
    const { conn_id } = await victim()
    await send('PATCH', `/api/connections/${conn_id}?validate_only=true`, { config: { port: scram.port } })
    await press(conn_id)
  },
  'a change on any revision': async () => {
    const { conn_id } = await victim()
    const body = { config: { port: scram.port } }
    const headers = { 'if-match': '*' }
    await api.call('PATCH', `/api/connections/${conn_id}`, { as: people.builder, body, headers })
    await press(conn_id)
  },
  'a method smuggled in a header': async () => {
    const { conn_id } = await victim()
    const headers = { 'x-http-method-override': 'PATCH' }
    const body = { type: 'postgres', config: there(), connection_ref: conn_id }
    await api.call('POST', '/api/connections/test', { as: people.builder, body, headers })
  },
  'a connection deleted, changed and restored': async () => {
    const { id, conn_id } = await victim()
    await send('DELETE', `/api/connections/${conn_id}`, undefined, people.owner)
    await send('PATCH', `/api/connections/${id}`, { config: { port: scram.port } })
    await send('POST', `/api/connections/${id}/restore`, {}, people.integrator)
    await send('PATCH', `/api/connections/${id}`, { config: { port: scram.port } })
    await press(conn_id)
  },
  'a return to an earlier version at his server, in every way it can be asked for': () =>
    both(async (port) => {
      const { id, conn_id, credential_id } = await returnable(port)
      for (const as of [people.builder, people.integrator]) {
        for (const version of [1, 2]) {
          const masked = { credential: { config: { password: '********' } } }
          for (const body of [{}, { credential_id }, masked, { credential: { config: { username: 'etl' } } }]) {
            await send('POST', `/api/connections/${id}/versions/${version}/restore`, body, as)
            await press(conn_id)
          }
        }
      }
    }),
  'TLS switched off for a secret typed for verified TLS': async () => {
    const { conn_id } = await victim({ ssl_mode: 'verify-full' })
    for (const ssl_mode of ['disable', 'allow', 'prefer', 'require', 'verify-ca']) {
      await send('PATCH', `/api/connections/${conn_id}`, { config: { ssl_mode, port: scram.port } })
      await draft({ config: config({ ssl_mode, port: scram.port }), connection_ref: conn_id })
      await press(conn_id)
    }
  },
  'somebody of another workspace who knows the ids': async () => {
    const { id, conn_id, credential_id } = await victim()
    await draft({ config: there(), credential_id }, outsiders.owner)
    await draft({ config: there(), connection_ref: id }, outsiders.owner)
    await send('PATCH', `/api/connections/${id}`, { config: { port: scram.port } }, outsiders.owner)
    const body = { conn_id: 'theirs', type: 'postgres', config: there(), credential_id }
    await send('POST', '/api/connections', body, outsiders.owner)
    await send('POST', `/api/connections/${conn_id}/test`, {}, outsiders.owner)
  },
  'settings changed in the database': inSql(
    (port) =>
      ({ conn }) =>
        db()
          .$executeRaw`update connections set config = jsonb_set(config, '{port}', ${String(port)}::jsonb) where id = ${conn}`,
  ),
  'the destination emptied in the database': inSql((port) => async ({ conn, cred }) => {
    await pointHere(conn, port)
    await db().$executeRaw`update credentials set destination = null where id = ${cred}`
  }),
  'the destination emptied in the database, as JSON': inSql((port) => async ({ conn, cred }) => {
    await pointHere(conn, port)
    await db().$executeRaw`update credentials set destination = 'null' where id = ${cred}`
  }),
  'the destination emptied, and what the secret says it is sealed to': inSql((port) => async ({ conn, cred }) => {
    await pointHere(conn, port)
    await db().$executeRaw`update credentials set destination = null where id = ${cred}`
    await db()
      .$executeRaw`update credential_versions set sealed_to = ${placeOf(null, {})} where credential_id = ${cred}`
  }),
  'the destination emptied, then the connection saved by those who may type secrets': inSql(
    (port) =>
      async ({ conn, cred }) => {
        await db().$executeRaw`update credentials set destination = null where id = ${cred}`
        for (const as of [people.integrator, people.owner]) {
          await send('PATCH', `/api/connections/${conn}`, { config: { port } }, as)
        }
      },
  ),
  'the destination replaced in the database': inSql((port) => async ({ conn, cred }) => {
    await pointHere(conn, port)
    await replaceDestination(cred, port)
  }),
  'the destination replaced, and what the secret says it is sealed to': inSql((port) => async ({ conn, cred }) => {
    await pointHere(conn, port)
    await replaceDestination(cred, port)
    await db()
      .$executeRaw`update credential_versions v set sealed_to = regexp_replace(sealed_to, '"port":[0-9]+', ${`"port":${port}`})
      where credential_id = ${cred}`
  }),
  'the destination swapped with that of a credential of one’s own': inSql((port) => async ({ conn, cred }) => {
    const own = await ownCredential(port)
    await pointHere(conn, port)
    await db().$executeRaw`update credentials c set destination = o.destination from credentials o
      where (c.id = ${cred} and o.id = ${own}) or (c.id = ${own} and o.id = ${cred})`
    await db().$executeRaw`update credential_versions v set sealed_to = o.sealed_to from credential_versions o
      where (v.credential_id = ${cred} and o.credential_id = ${own}) or (v.credential_id = ${own} and o.credential_id = ${cred})`
  }),
  'the host of a credential that was never used changed in the database': async () => {
    await both(async (port) => {
      const name = `unused ${++made}`
      const secret = { username: 'etl', password, host: 'db.example.com' }
      const body = { name, type: 'database', kind: 'database.password', config: secret }
      const { id } = (await send('POST', '/api/credentials', body, people.owner)).body.data
      await db().$executeRaw`update credentials set config = config || '{"host":"127.0.0.1"}' where id = ${id}`
      for (const as of [people.builder, people.owner]) {
        await draft({ config: config({ port }), credential_id: id }, as)
        await draft({ config: config({ port, host: '127.0.0.1' }), credential_id: id }, as)
      }
    })
  },
  'the credential of another connection attached in the database': async () => {
    const { credential_id } = await victim()
    await both(async (port) => {
      const { id, conn_id } = await trap(port)
      await db().$executeRaw`update connections set credential_id = ${credential_id} where id = ${id}`
      await press(conn_id)
    })
  },
  'the envelope copied to a credential of one’s own in the database': async () => {
    const { credential_id } = await victim()
    const own = await send(
      'POST',
      '/api/connections',
      {
        conn_id: `own-${++made}`,
        type: 'postgres',
        config: there(),
        credential: { config: { username: 'etl', password: 'his own' } },
      },
      people.integrator,
    )
    await db().$executeRaw`update credential_versions set (envelope, key_id) =
      (select envelope, key_id from credential_versions where credential_id = ${credential_id})
      where credential_id = ${own.body.data.credential_id}`
    for (const as of [people.builder, people.owner]) {
      await send('POST', `/api/connections/${own.body.data.conn_id}/test`, {}, as)
    }
  },
}

const pointHere = (conn: string, port: number) =>
  db()
    .$executeRaw`update connections set config = jsonb_set(config, '{port}', ${String(port)}::jsonb) where id = ${conn}`

const replaceDestination = (cred: string, port: number) =>
  db()
    .$executeRaw`update credentials set destination = jsonb_set(destination, '{port}', ${String(port)}::jsonb) where id = ${cred}`

const ownCredential = async (port: number): Promise<string> => {
  const credential = { config: { username: 'etl', password: 'his own' } }
  const body = { conn_id: `own-${++made}`, type: 'postgres', config: config({ port }), credential }
  return (await send('POST', '/api/connections', body, people.integrator)).body.data.credential_id
}

const loginBytes = /SCRAM-SHA-256|c=biws|n,,n=/

test('a secret that is typed for a server does arrive there, so the traps work', async () => {
  const control = await trapServer(scramOffer)
  const credential = { config: { username: 'etl', password: 'typed for it' } }
  await draft({ config: config({ port: control.port }), credential }, people.owner)
  expect(control.heard().toString('latin1')).toMatch(loginBytes)
  control.stop()
})

test.each(Object.entries(ways))('%s hands no stored secret over', async (_, attempt) => {
  await attempt()
  for (const { heard } of [scram, clear]) {
    const bytes = heard().toString('latin1')
    expect(bytes).not.toContain(password)
    expect(bytes).not.toMatch(loginBytes)
  }
})

test('there are at least twenty-five ways', () => {
  expect(Object.keys(ways).length).toBeGreaterThanOrEqual(25)
})
