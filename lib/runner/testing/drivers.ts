import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

// Drivers that do what a driver must never be able to do to anyone else. A registry like the product's own.
interface Target {
  config: Record<string, unknown>
  credential: Record<string, unknown> | undefined
  signal: AbortSignal
}

const outcome = (server: Record<string, unknown>) => ({
  success: true,
  message: 'done',
  driver: 'stub',
  server,
  cause: null,
  latency_ms: 0,
})

const attempt = async (work: () => unknown): Promise<string> => {
  try {
    return `did: ${String(await work()).slice(0, 200)}`
  } catch (error) {
    return `refused: ${error instanceof Error ? (Object(error).code ?? error.message) : error}`
  }
}

const tests: Record<string, (target: Target) => Promise<ReturnType<typeof outcome>>> = {
  ok: async () => outcome({ pid: process.pid }),
  slow: async () => {
    await sleep(300)
    return outcome({ pid: process.pid })
  },
  exit: async () => process.exit(3),
  loop: async () => {
    for (;;);
  },
  memory: async () => {
    const kept: unknown[] = []
    for (;;) kept.push(Array.from({ length: 10_000 }, (_, index) => `${index}${kept.length}`))
  },
  deaf: async () => {
    await sleep(600_000)
    return outcome({})
  },
  throws: async ({ credential }) => {
    throw new Error(`password is ${String(credential?.password)}`)
  },
  prints: async ({ credential }) => {
    const password = String(credential?.password)
    process.stdout.write(`plain ${password}\n`)
    process.stderr.write(`encoded ${encodeURIComponent(password)} ${Buffer.from(password).toString('base64')}\n`)
    return outcome({})
  },
  steals: async ({ config }) => {
    const { kill } = await import('node:process')
    return outcome({
      key: await attempt(() => readFileSync(String(config.key), 'utf8')),
      environ: await attempt(() => readFileSync(`/proc/${process.ppid}/environ`, 'utf8')),
      memory: await attempt(() => readFileSync(`/proc/${process.ppid}/maps`, 'utf8')),
      spawn: await attempt(
        () =>
          new Promise((resolve, reject) => {
            spawn('/bin/true')
              .once('error', reject)
              .once('spawn', () => resolve('spawned'))
          }),
      ),
      write: await attempt(() => writeFileSync(String(config.key), 'x')),
      kill: await attempt(() => kill(process.ppid, 0)),
      kill_method: await attempt(() => process.kill(process.ppid, 0)),
      worker: await attempt(async () => new (await import('node:worker_threads')).Worker('1', { eval: true })),
      sqlite: await attempt(async () => Object.keys(await import(`node:${'sqlite'}`)).join()),
      execve: await attempt(() => Object(process).execve('/bin/true', ['true'], {})),
      environment: Object.keys(process.env).sort().join(),
      home: process.env.HOME ?? '',
    })
  },
}

export const drivers = {
  stub: async () => ({
    driver: {
      async *test(target: Target) {
        yield { name: 'dns', status: 'running' }
        return await (tests[String(target.config.do)] ?? tests.ok)?.(target)
      },
      async *discover({ config, signal }: Target) {
        const line = Buffer.alloc(Number(config.bytes ?? 65_536), 97)
        for (let count = 0; count < Number(config.chunks ?? 10); count++) {
          signal.throwIfAborted()
          yield line
        }
      },
    },
  }),
}
