import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'

/** What a connection to the sample source needs. */
export interface SampleLogin {
  database: string
  username: string
  password: string
}

const database = 'shop'
const username = 'sample_reader'
const schemas = ['sales', 'inventory', 'marketing', 'people', 'analytics']

/**
 * Fills a server with the sample shop once, and gives it a login that can read it and nothing else. The server is a
 * PostgreSQL of its own: Jackfield's database stays a target that no connection may have.
 */
export const prepareSample = async (adminUrl: string): Promise<SampleLogin> => {
  const password = createHash('sha256')
    .update(`sample ${new URL(adminUrl).password}`)
    .digest('base64url')
  const [found] = await run(adminUrl, `select from pg_database where datname = '${database}'`)
  if (!found) await createShop(adminUrl, password)
  return { database, username, password }
}

// Under another name until it is complete, so that a start that was cut short begins again.
const createShop = async (adminUrl: string, password: string): Promise<void> => {
  const draft = `${database}_new`
  await run(adminUrl, `drop database if exists ${draft} with (force)`)
  await run(adminUrl, `create database ${draft}`)
  const inside = Object.assign(new URL(adminUrl), { pathname: `/${draft}` }).href
  await run(inside, readFileSync(path.join(import.meta.dirname, 'shop.sql'), 'utf8'))
  await run(inside, 'vacuum analyze')
  await run(inside, grants(password))
  await run(adminUrl, `alter database ${draft} rename to ${database}`)
}

const grants = (password: string): string => `
  drop role if exists ${username};
  create role ${username} login password '${password}' connection limit 20;
  alter role ${username} set default_transaction_read_only = on;
  alter role ${username} set search_path = sales, inventory, marketing, analytics;
  alter role ${username} set statement_timeout = '60s';
  grant usage on schema ${schemas.join(', ')} to ${username};
  grant select on all tables in schema ${schemas.join(', ')} to ${username};
  revoke temporary on database ${database}_new from public;
  revoke connect on database postgres, template1 from public;`

const run = async (url: string, statement: string): Promise<object[]> => {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
