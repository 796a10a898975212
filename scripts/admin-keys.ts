import { setTimeout as sleep } from 'node:timers/promises'
import type { Actor } from '#lib/auth/actor'
import { parseEnv } from '#lib/config/env'
import { type ConsoleEngine, withConsoleEngine } from '#lib/engine/console'

// The commands about encryption keys: the operations of the API, called as the command line.
export interface KeyCommandContext {
  actor: () => Promise<Actor>
  argument: string | undefined
  /** Where `add` keeps the new key, instead of JACKFIELD_KEY_SOURCE. */
  source?: string | undefined
  tell: (sentence: string) => void
}

type KeyCommand = (context: KeyCommandContext, engine: ConsoleEngine) => Promise<void>
const operations = () => import('#lib/keys/operations')

const status: KeyCommand = async ({ actor }) => {
  const { listKeys } = await operations()
  const { keys, rewrap, problem } = await listKeys(await actor(), {})
  for (const { id, state, source, problem: why, needed_by, seals } of keys) {
    // The command has just had every key from its source: what it has, answers.
    const answer = why ?? (source?.includes(':') ? 'answers' : '')
    console.log(
      `${id}  ${state.padEnd(9)}  needed by ${needed_by}  sealed ${seals}  ${source ?? '-'}  ${answer}`.trimEnd(),
    )
  }
  if (rewrap) console.log(`Last move: ${rewrap.state}, ${rewrap.done} of ${rewrap.total}${rewrap.error ?? ''}`)
  if (problem !== null) console.log(problem)
}

const add: KeyCommand = async ({ actor, tell }) => {
  const { id, next } = await (await operations()).addKey(await actor(), {})
  tell(next)
  console.log(id)
}

const promote: KeyCommand = async ({ actor, argument, tell }) => {
  const { next } = await (await operations()).promoteKey(await actor(), { id: required(argument, 'promote') })
  tell(next)
}

const retire: KeyCommand = async ({ actor, argument, tell }) => {
  const { next } = await (await operations()).retireKey(await actor(), { id: required(argument, 'retire') })
  tell(next)
}

/** Begins a move or goes on with one, and stays until it is done. */
const rewrap: KeyCommand = async ({ actor, tell }, engine) => {
  const { listKeys, rewrapSecrets } = await operations()
  const caller = await actor()
  const running = async () => (await listKeys(caller, {})).rewrap
  if ((await running())?.state !== 'running') await rewrapSecrets(caller, {})
  while (await engine.rewrapStep()) await sleep(5)
  const end = await running()
  tell(`Moved ${end?.done ?? 0} of ${end?.total ?? 0} secrets.${end?.error ? ` ${end.error}` : ''}`)
}

const doctor: KeyCommand = async ({ actor }) => {
  const report = await (await operations()).examine(await actor(), {})
  console.log(`${report.opened} secrets open, ${report.problem_count} do not.`)
  for (const { credential_id, version, key_id, name, problem } of report.problems) {
    console.log(`${credential_id}  version ${version}  ${key_id}  “${name}”: ${problem}`)
  }
  for (const line of [...report.keys, ...report.advice]) console.log(line)
  if (!report.healthy) process.exitCode = 1
}

const commands: Record<string, KeyCommand | undefined> = { status, add, promote, rewrap, retire, doctor }

export const isKeyCommand = (name: string | undefined): boolean => name !== undefined && Object.hasOwn(commands, name)

export const runKeyCommand = (name: string | undefined, context: KeyCommandContext): Promise<void> =>
  withConsoleEngine(
    parseEnv({ ...process.env, ...(context.source && { JACKFIELD_KEY_SOURCE: context.source }) }),
    async (engine) => {
      await commands[name ?? '']?.(context, engine)
    },
  )

const required = (id: string | undefined, command: string): string => {
  if (id !== undefined) return id
  throw new Error(`Say which key: npm run admin -- keys ${command} <id>. “keys status” shows them.`)
}
