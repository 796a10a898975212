// Compile-time assertions only: what must not compile does not.
import * as z from 'zod'
import { defineConnector, defineDriver, field, type TestOutcome } from './contract.ts'
import { manifest as postgres } from './postgres/manifest.ts'

const outcome: TestOutcome = { success: true, message: '', driver: '', server: null, cause: null, latency_ms: null }
async function* test() {
  yield { name: 'dns', status: 'running' } as const
  return outcome
}
async function* discover() {
  yield new Uint8Array()
}

// What it can do besides is not what is looked at here.
const database = { ...postgres, capabilities: ['test', 'discover'] as const }

defineDriver(database, { test, discover })

// @ts-expect-error a declared capability (discover) is missing
defineDriver(database, { test })

// @ts-expect-error `files` is not among the manifest's capabilities
defineDriver(database, { test, discover, files: test })

defineDriver(database, {
  async *test({ config, credential }) {
    yield {
      name: 'dns',
      status: 'running',
      sentence: `${config.host}:${config.port.toFixed()} ${credential?.username}`,
    }
    // @ts-expect-error not a setting
    void config.hostname
    // @ts-expect-error a database.password credential has no access key
    void credential?.secretAccessKey
    // @ts-expect-error without a credential there is no username
    void credential.username
    return outcome
  },
  discover,
})

defineDriver(database, {
  // @ts-expect-error not a stage
  async *test() {
    yield { name: 'warp', status: 'running' }
    return outcome
  },
  discover,
})

const base = {
  name: 'X',
  summary: '',
  category: 'api',
  roles: ['source'],
  status: 'preview',
  keywords: [],
  presets: [],
  flat: {},
  nodes: [],
  verifiedAgainst: '',
  destination: () => ({ scheme: '', host: '', port: 0, tls: '' }),
} as const
const config = z.strictObject({ url: field(z.url(), { label: 'URL' }) })

defineConnector({
  ...base,
  id: 'a',
  config,
  credentials: ['database.password'],
  capabilities: ['test'],
  summarize: ({ url }) => url,
})
defineConnector({
  ...base,
  id: 'b',
  config,
  credentials: ['database.password'],
  // @ts-expect-error unknown capability
  capabilities: ['tset'],
  summarize: () => '',
})
// @ts-expect-error unknown credential kind
defineConnector({ ...base, id: 'c', config, credentials: ['db.password'], capabilities: ['test'], summarize: () => '' })
defineConnector({
  ...base,
  id: 'd',
  // @ts-expect-error not a category
  category: 'misc',
  config,
  credentials: ['database.password'],
  capabilities: ['test'],
  summarize: () => '',
})
defineConnector({
  ...base,
  id: 'e',
  config,
  credentials: ['database.password'],
  capabilities: ['test'],
  // @ts-expect-error not a setting
  summarize: (settings) => settings.host,
})
