import { parseArgs } from 'node:util'
import { parseEnv } from '#lib/config/env'
import { say } from '#lib/supervisor/console'
import { keyFile, type Product, startProduct, type Undo } from '#lib/supervisor/product'

// `npm start` and `npm run dev`: everything Jackfield is, from one command, and down again in order.
const { values } = parseArgs({ options: { dev: { type: 'boolean', default: false } } })
const undo: Undo = []
const stopped = new AbortController()

process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('SIGHUP', stop)
const starting = start()

async function start(): Promise<void> {
  try {
    refuseOldNode()
    const settings = parseEnv(process.env)
    say()
    say('Jackfield')
    say()
    const product = await startProduct({ settings, development: values.dev, generate, signal: stopped.signal }, undo)
    // From here on this process may use the database and the engine itself.
    Object.assign(process.env, product.ownEnv)
    const { afterStart } = await import('#lib/supervisor/after-start')
    const welcome = await afterStart(product, settings, undo)
    if (!stopped.signal.aborted) announce(product, welcome)
  } catch (error) {
    if (stopped.signal.aborted) return
    console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`)
    await takeDown()
    process.exit(1)
  }
}

async function generate(): Promise<void> {
  await import('./generate.ts')
}

function refuseOldNode(): void {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major >= 24) return
  throw new Error(
    `Jackfield runs on the Node 24 that it brings along, this is ${process.versions.node}. Run \`npm ci\` and then \`npm start\`.`,
  )
}

function announce({ url, home, isFirstRun }: Product, { setupLink }: { setupLink: string | undefined }): void {
  const lines = ['', `Open ${url}`]
  if (setupLink)
    lines.push('', 'Nobody has an account yet. Create the first one here (works once, for one hour):', setupLink)
  if (isFirstRun) {
    lines.push(
      '',
      'A new encryption key was made. Back it up now, apart from the database:',
      keyFile(home),
      'Without it nobody can open the stored credentials, not even you.',
    )
  }
  // In one piece, so that whoever reads along finds all of it once the address is there.
  process.stdout.write(`${lines.map((line) => (line === '' ? '' : `  ${line}`)).join('\n')}\n\n`)
}

// A stop in the middle of a start waits for the step at hand, so that nothing comes up behind its back.
async function stop(): Promise<void> {
  if (stopped.signal.aborted) return
  say('Stopping …')
  stopped.abort()
  // Whatever hangs, the machine's own shutdown does not wait longer than this.
  setTimeout(() => process.exit(1), 14_000).unref()
  await starting
  await takeDown()
  process.exit(0)
}

async function takeDown(): Promise<void> {
  for (let last = undo.pop(); last; last = undo.pop()) {
    try {
      await last()
    } catch (error) {
      console.error(error instanceof Error ? error.message : error)
    }
  }
}
