import { randomInt } from 'node:crypto'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'
import type { Actor } from '#lib/auth/actor'
import { parseEnv } from '#lib/config/env'
import { AppError } from '#lib/core/errors'
import { originKeyOf } from '#lib/supervisor/audit-key'
import { borrowDatabase } from '#lib/supervisor/borrow-database'
import { createKeyring } from '#lib/vault/keyring'
import { runBackupCommand } from './admin-backup.ts'
import { isKeyCommand, runKeyCommand } from './admin-keys.ts'
import { exportKit, restoreKit } from './admin-recovery.ts'

// Jackfield without a browser, for automation: works while the product runs and while it does not.
// What a script wants to keep (a password, a key) goes alone to standard output, everything for people to standard error.
const usage = `Usage: npm run admin -- <command>

  owner create --email <address> [--name <name>] [--workspace <name>] [--password-stdin]
  owner reset-password --email <address> [--password-stdin]
  api-key create --name <name> --scopes <scope,scope> [--expires-days <1-365>]
                 [--environments <dev,staging,prod,none>] [--connections <id,id>]   what it reaches; all unless given
  api-key list
  api-key revoke <id>
  keys status                       which keys there are and what needs them
  keys add [--source <source>]      a new key, which only opens until it is promoted; in the key file, or wrapped by
                                    aws-kms:<arn>, gcp-kms:<name>, azure-key-vault:<address>, vault-transit:<address>
  keys promote <id>                 it seals everything from now on; the others still open
  keys rewrap                       moves every stored secret to the primary key; goes on with a move that was broken off
  keys retire <id>                  takes a key out of use; refused while a stored secret needs it
  keys doctor                       opens every stored secret and lists those that do not open
  backup create <file>              the whole database in one file, without the keys
  backup verify <file>              is it whole, and are its keys here?
  backup restore <file>             into an empty database; stops before writing if its keys are not here
  audit verify                      recompute the audit trail; exit code 1 if it is not whole
  keys recovery-kit export [folder] splits the keys into three shares, two of which bring them back; once for each key
  keys recovery-kit restore <file> <file>   out of two shares into the key file; without files they are typed
  keys create                       a new encryption key, after the old one was lost for good

Without --password-stdin a password is made up and printed once; it is never taken from the command line.
`

const { values, positionals } = readArguments()
const commands: Record<string, (() => Promise<void>) | undefined> = {
  'owner create': createOwner,
  'owner reset-password': resetPassword,
  'api-key create': createApiKey,
  'api-key list': listApiKeys,
  'api-key revoke': revokeApiKey,
  'audit verify': verifyAudit,
}
const asked = positionals.slice(0, 2).join(' ')
const command = commands[asked]
if (asked === 'keys create') await createKeys()
else if (asked === 'keys recovery-kit') await runRecoveryCommand(positionals[2], positionals.slice(3))
else if (['backup create', 'backup verify', 'backup restore'].includes(asked)) {
  const name = positionals[1] ?? ''
  await run(() => runBackupCommand(name, { actor: atConsole, file: positionals[2], tell }))
} else if (positionals[0] === 'keys' && isKeyCommand(positionals[1])) {
  await run(() =>
    runKeyCommand(positionals[1], { actor: atConsole, argument: positionals[2], source: values.source, tell }),
  )
} else if (command) await run(command)
else fail(usage, 2)

function readArguments() {
  const option = { type: 'string' } as const
  const options = {
    email: option,
    name: option,
    workspace: option,
    scopes: option,
    source: option,
    environments: option,
    connections: option,
    'expires-days': option,
    'password-stdin': { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ options, allowPositionals: true })
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}\n\n${usage}`, 2)
  }
}

async function run(work: () => Promise<void>): Promise<void> {
  try {
    await import('./generate.ts')
    const settings = parseEnv(process.env)
    process.env.JACKFIELD_AUDIT_ORIGIN_KEY = await originKeyOf(settings.JACKFIELD_HOME)
    await borrowDatabase(settings, async ({ app, owner }) => {
      Object.assign(process.env, { DATABASE_URL: app, JACKFIELD_MIGRATIONS_DATABASE_URL: owner })
      const { disconnect } = await import('#lib/db/client')
      await work().finally(disconnect)
    })
  } catch (error) {
    const details = error instanceof AppError ? (error.errors ?? []) : []
    const fields = details.map(({ pointer, message }) => `  ${pointer.slice(1)}: ${message}\n`).join('')
    fail(`${error instanceof Error ? error.message : error}\n${fields}`, 1)
  }
}

// Needs no database: it is wanted most when little else works.
async function createKeys(): Promise<void> {
  try {
    const settings = parseEnv(process.env)
    const { JACKFIELD_HOME: home, JACKFIELD_ENCRYPTION_KEY: fromEnv } = settings
    if (fromEnv) throw new Error('The keys come from JACKFIELD_ENCRYPTION_KEY; put the new one there.')
    const folder = path.join(home, 'keys')
    const id = await createKeyring(folder, settings)
    tell(
      `Made the key ${id} in ${folder}. Back this folder up, apart from the database. What older keys sealed stays locked.`,
    )
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}\n`, 1)
  }
}

async function runRecoveryCommand(name: string | undefined, files: string[]): Promise<void> {
  if (name === 'export') return run(() => exportKit(files[0], { actor: atConsole, tell }))
  if (name !== 'restore') fail(usage, 2)
  try {
    await restoreKit(files, { whileLocked, tell })
  } catch (error) {
    fail(`${error instanceof Error ? error.message : error}\n`, 1)
  }
}

/** Alone with the keys over all instances; what was restored is recorded. */
async function whileLocked(work: () => Promise<string[]>): Promise<string[]> {
  let ids: string[] = []
  await run(async () => {
    const { restoreUnderLock } = await import('#lib/keys/kit-operations')
    ids = (await restoreUnderLock(await atConsole(), { work })).ids
  })
  return ids
}

async function createOwner(): Promise<void> {
  const { createOwner: create } = await import('#lib/auth/owners')
  const email = required('email')
  const { password, isMadeUp } = await choosePassword()
  const { name = email.split('@')[0] ?? email, workspace } = values
  const owner = await create({ email, name, password, ...(workspace !== undefined && { workspace }) })
  tell(`${owner.email} is an owner now.${isMadeUp ? ' The password, shown only here:' : ''}`)
  if (isMadeUp) console.log(password)
}

async function resetPassword(): Promise<void> {
  const { resetPassword: reset } = await import('#lib/auth/owners')
  const email = required('email')
  const { password, isMadeUp } = await choosePassword()
  await reset({ email, password })
  tell(
    `The password of ${email} is changed, and all sessions are ended.${isMadeUp ? ' The new one, shown only here:' : ''}`,
  )
  if (isMadeUp) console.log(password)
}

async function createApiKey(): Promise<void> {
  const { createApiKeyAtConsole } = await import('#lib/auth/owners')
  const { permissionNames } = await import('#lib/auth/permissions')
  const { reachableEnvironments } = await import('#lib/auth/schema')
  const days = values['expires-days']
  const created = await createApiKeyAtConsole({
    name: required('name'),
    scopes: chosenOf(required('scopes'), permissionNames),
    environments: chosenOf(values.environments, reachableEnvironments),
    connections: values.connections?.split(',') ?? [],
    ...(days !== undefined && { expires_in_days: Number(days) }),
  })
  tell(`Key ${created.id}, valid until ${created.expires_at?.slice(0, 10) ?? 'it is revoked'}. Shown only here:`)
  console.log(created.key)
}

/** `a,b` out of what there is; anything else is named beside the list. */
function chosenOf<T extends string>(text: string | undefined, known: readonly T[]): T[] {
  const words = text === undefined ? [] : text.split(',')
  const unknown = words.filter((word) => !known.some((name) => name === word))
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(', ')}. There are: ${known.join(', ')}.`)
  return known.filter((name) => words.includes(name))
}

async function listApiKeys(): Promise<void> {
  const { listApiKeys: list } = await import('#lib/auth/operations')
  const actor = await atConsole()
  let cursor: string | undefined
  do {
    const { items, page } = await list(actor, { limit: 200, ...(cursor !== undefined && { cursor }) })
    for (const key of items) {
      console.log([key.id, key.status.padEnd(8), key.hint, key.name, key.scopes.join(',')].join('  '))
    }
    cursor = page.cursor ?? undefined
  } while (cursor !== undefined)
}

async function revokeApiKey(): Promise<void> {
  const { revokeApiKey: revoke } = await import('#lib/auth/operations')
  const id = positionals[2]
  if (id === undefined)
    throw new Error('Say which key: npm run admin -- api-key revoke <id>. `api-key list` shows them.')
  const { name } = await revoke(await atConsole(), { id })
  tell(`The key “${name}” is revoked.`)
}

async function verifyAudit(): Promise<void> {
  const { auditReport } = await import('#lib/engine/audit')
  const { JACKFIELD_HOME: home } = parseEnv(process.env)
  const { ok, chains, warnings, duration_ms } = await auditReport(home)
  for (const { chain, events, problems } of chains) {
    console.log(`${chain}  ${events} events  ${problems.length === 0 ? 'whole' : `${problems.length} problems`}`)
    for (const { seq, kind, event_id, sentence } of problems) {
      console.log(`  ${seq}  ${kind}  ${event_id ?? '-'}  ${sentence}`)
    }
  }
  for (const sentence of warnings) tell(sentence)
  tell(ok ? `The audit trail is whole (${duration_ms} ms).` : 'The audit trail is not whole; see above.')
  if (!ok) process.exitCode = 1
}

async function atConsole(): Promise<Actor> {
  const { db } = await import('#lib/db/client')
  const workspace = await db().workspace.findFirst({ orderBy: { createdAt: 'asc' } })
  if (!workspace) throw new Error('There is no workspace yet; create an owner first.')
  const { id: workspaceId, organizationId } = workspace
  return { kind: 'system', id: 'system', name: 'command line', workspaceId, organizationId, role: 'owner' }
}

async function choosePassword(): Promise<{ password: string; isMadeUp: boolean }> {
  if (!values['password-stdin']) return { password: madeUpPassword(), isMadeUp: true }
  return { password: (await text(process.stdin)).replace(/\r?\n$/, ''), isMadeUp: false }
}

// 119 bits, in groups that can be read over a shoulder or a telephone.
function madeUpPassword(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789'
  const group = () => Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

function required(name: 'email' | 'name' | 'scopes'): string {
  const value = values[name]
  if (value) return value
  return fail(`--${name} is missing.\n\n${usage}`, 2)
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
}

function fail(sentence: string, code: number): never {
  tell(sentence.trimEnd())
  process.exit(code)
}
