import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A copy of the checkout gets a folder with a connector that nobody has heard of, and nothing else.
const checkout = path.join(import.meta.dirname, '../..')
const copy = mkdtempSync(path.join(tmpdir(), 'jackfield-one-folder-'))
const folder = path.join(copy, 'lib/connectors/throwaway')

const run = (program: string, ...args: string[]) => {
  const done = spawnSync(program, args, { cwd: copy, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
  return { code: done.status, output: done.stdout + done.stderr }
}
const node = (...args: string[]) => run(process.execPath, ...args)

/** What is made by programs, and so is not part of the source. */
const made = new Set(['.git', ...readFileSync(path.join(checkout, '.gitignore'), 'utf8').trim().split(/\/?\n/)])

/** Every file of the copy but what is installed, with what is in it. */
const contents = (): Map<string, string> => {
  const parts = readdirSync(copy).filter((name) => name !== 'node_modules')
  const files = parts.flatMap((part) => filesUnder(path.join(copy, part)))
  return new Map(
    files.map((file) => [path.relative(copy, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  )
}

const filesUnder = (place: string): string[] =>
  statSync(place).isDirectory() ? readdirSync(place).flatMap((name) => filesUnder(path.join(place, name))) : [place]

beforeAll(() => {
  const isSource = (file: string) => !made.has(path.relative(checkout, file))
  cpSync(checkout, copy, { recursive: true, filter: (file) => isSource(file) })
  cpSync(path.join(checkout, 'lib/db/generated'), path.join(copy, 'lib/db/generated'), { recursive: true })
  symlinkSync(path.join(checkout, 'node_modules'), path.join(copy, 'node_modules'))
  expect(node('scripts/generate.ts')).toMatchObject({ code: 0 })
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

test('a connector is one folder: it is found, typed, offered, tested and changes nothing else', {
  timeout: 300_000,
}, () => {
  const before = contents()
  mkdirSync(folder)
  for (const [name, text] of Object.entries(connector)) writeFileSync(path.join(folder, name), text)
  expect(node('scripts/generate.ts')).toMatchObject({ code: 0 })

  const after = contents()
  const changed = [...after].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file)
  const isItsOwn = (file: string) => file.startsWith('lib/connectors/throwaway/')
  // Registries are written by a program and not kept in git.
  expect(changed.filter((file) => !isItsOwn(file) && !file.endsWith('.gen.ts'))).toEqual([])
  expect(changed.filter(isItsOwn)).toHaveLength(Object.keys(connector).length)
  expect([...before.keys()].filter((file) => !after.has(file))).toEqual([])

  writeFileSync(path.join(copy, 'tsconfig.one.json'), JSON.stringify(narrow))
  expect(node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.one.json').output).toBe('')
  const tests = ['lib/connectors/contract.test.ts', 'lib/connectors/throwaway']
  const ran = node('node_modules/vitest/vitest.mjs', 'run', ...tests)
  expect(ran.output).toMatch(/Test Files {2}2 passed/)
  expect(ran.code).toBe(0)
})

/** The registries and all that hangs on them, in the browser and in a runner. */
const narrow = {
  extends: './tsconfig.json',
  compilerOptions: { incremental: false },
  include: ['lib/connectors/catalog.ts', 'lib/connectors/*.gen.ts', 'lib/connectors/types.check.ts'],
}

const connector = {
  'manifest.ts': `import * as z from 'zod'
import { defineConnector, field } from '../contract.ts'

export const manifest = defineConnector({
  id: 'throwaway',
  name: 'Throw-away',
  summary: 'Says how it is.',
  category: 'other',
  roles: ['source'],
  status: 'preview',
  keywords: ['nobody'],
  config: z.strictObject({
    mood: field(z.enum(['well', 'badly']).default('well'), {
      label: 'Mood',
      help: 'How it is.',
      group: 'Itself',
      widget: 'select',
      options: { well: { label: 'well' }, badly: { label: 'badly' } },
    }),
  }),
  credentials: [],
  capabilities: ['test'],
  presets: [],
  flat: {},
  nodes: [],
  verifiedAgainst: 'nothing',
  summarize: ({ mood }) => mood,
  destination: ({ mood }) => ({ scheme: 'throwaway', host: mood, port: 0, tls: 'disable' }),
})
`,
  'driver.ts': `import { defineDriver } from '../contract.ts'
import { manifest } from './manifest.ts'

export const driver = defineDriver(manifest, {
  async *test({ config: { mood } }) {
    yield { name: 'request', status: 'running' }
    const success = mood === 'well'
    yield { name: 'request', status: success ? 'passed' : 'failed', duration_ms: 1 }
    const cause = { code: 'mood.bad', stage: 'request', field: '/config/mood', sentence: 'It is not well.', fix: null } as const
    const server = { mood }
    return { success, message: mood, driver: 'throwaway', server, cause: success ? null : cause, latency_ms: 1 }
  },
})
`,
  'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9"/></svg>\n',
  'guide.md': `# Throw-away\n\n${'It says how it is, and nothing more than that. '.repeat(12)}\n`,
  'product.test.ts': `import { expect, test } from 'vitest'
import { useEngine } from '#lib/api/testing/engine'
import { makeWorkspace, useApi } from '#lib/api/testing/install'

const api = useApi()
useEngine()

test('the product offers, stores and tests it', async () => {
  const { people } = await makeWorkspace()
  const as = people.owner
  expect((await api.call('GET', '/api/connectors?q=nobody', { as })).body.data).toMatchObject([{ id: 'throwaway' }])
  const body = { name: 'Mine', type: 'throwaway', role: 'source', config: { mood: 'badly' } }
  const made = await api.call('POST', '/api/connections', { as, body })
  expect(made.status).toBe(201)
  const { id } = made.body.data
  const tested = await api.call('POST', \`/api/connections/\${id}/test\`, { as })
  expect(tested.body).toMatchObject({ success: false, cause: { code: 'mood.bad', field: '/config/mood' } })
  const read = await api.call('GET', \`/api/connections/\${id}\`, { as })
  expect(read.body.data).toMatchObject({ type: 'throwaway', config: { mood: 'badly' } })
  const draft = { type: 'throwaway', config: { mood: 'well' } }
  expect((await api.call('POST', '/api/connections/test', { as, body: draft })).body).toMatchObject({ success: true })
})
`,
}
