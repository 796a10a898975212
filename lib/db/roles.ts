import { createHash } from 'node:crypto'
import { Client, escapeIdentifier, escapeLiteral } from 'pg'

/** One database as its two roles reach it. */
export interface DatabaseAddresses {
  /** The product's own: reads and writes rows, and only adds to the audit trail (AUDIT-4). */
  app: string
  /** Of who owns the tables: for migrations and backups, never in a process that answers requests. */
  owner: string
}

export const ownerRole = 'jackfield'
export const appRole = 'jackfield_app'

/** Tables that nobody changes or empties, whatever else the product may do with its rows. */
export const appendOnlyTables = ['audit_events', 'audit_seals', 'audit_checkpoints'] as const

/** Where the queue of jobs keeps its tables. */
export const jobsSchema = 'jackfield_jobs'

/** The address of a role of ours on an embedded server. */
export const addressOf = (adminUrl: string, role: string, database = ownerRole): string => {
  const url = new URL(adminUrl)
  // Derived, so that there is one password to keep: it opens less than the superuser's, which does not follow from it.
  const password = createHash('sha256').update(`${role} ${url.password}`).digest('base64url')
  return Object.assign(url, { username: role, password, pathname: `/${database}` }).href
}

export const addressesOf = (adminUrl: string, database?: string): DatabaseAddresses => ({
  app: addressOf(adminUrl, appRole, database),
  owner: addressOf(adminUrl, ownerRole, database),
})

/** Makes the role that an address names, where it is missing. */
export const ensureRole = async (client: Client, address: string): Promise<void> => {
  const { name, password } = loginOf(address)
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [name])
  if (rowCount !== 0) return
  await client
    .query(`create role ${escapeIdentifier(name)} login password ${escapeLiteral(password)}`)
    .catch((error: unknown) => explain(error, name))
}

/** What the product needs and nothing more; said again after every migration, so that new tables have it too. */
export const grantToApp = async (client: Client, address: string): Promise<void> => {
  await ensureRole(client, address)
  const role = escapeIdentifier(loginOf(address).name)
  const { rows } = await client.query<{ schema: string }>('select quote_ident(current_schema()) as schema')
  const schema = rows[0]?.schema
  // One message is one transaction: a running product never lacks a right in between.
  await client.query(`
    revoke create on schema ${schema} from public, ${role};
    revoke all on all tables in schema ${schema} from ${role};
    grant usage on schema ${schema} to ${role};
    grant select, insert, update, delete on all tables in schema ${schema} to ${role};
    grant usage on all sequences in schema ${schema} to ${role};
    revoke update, delete on ${appendOnlyTables.join(', ')} from ${role};
    revoke insert, update, delete on _prisma_migrations from ${role};
    do $$ begin
      if to_regnamespace('${jobsSchema}') is not null then
        grant usage on schema ${jobsSchema} to ${role};
        grant select, insert, update, delete on all tables in schema ${jobsSchema} to ${role};
        revoke insert, delete on ${jobsSchema}.version from ${role};
      end if;
    end $$;`)
}

/** Whether two addresses are of one role; then nothing of the database keeps the product from rewriting the trail. */
export const isOneRole = ({ app, owner }: DatabaseAddresses): boolean =>
  app === owner || loginOf(app).name === loginOf(owner).name

// Read as the client itself reads it, whatever the address leaves out or spells its own way.
const loginOf = (address: string): { name: string; password: string } => {
  const { user, password } = new Client({ connectionString: address })
  return { name: user ?? '', password: typeof password === 'string' ? password : '' }
}

const explain = (error: unknown, name: string): void => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  // Roles belong to all databases of a server: another instance may be making it in this moment.
  if (code === '42710' || code === '23505') return
  if (code !== '42501') throw error
  const sentence = `The role “${name}” of DATABASE_URL does not exist, and the one that migrates may not make it. Ask an administrator for: create role ${escapeIdentifier(name)} login password '…'`
  throw new Error(sentence, { cause: error })
}
