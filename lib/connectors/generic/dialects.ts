import { airflowOf } from '../_dialects/texts.ts'
import { defineDialects } from '../contract.ts'
import { manifest } from './manifest.ts'

export const dialects = defineDialects(manifest, {
  uri: ({ config: { host, port } }) => ({ text: `tcp://${host.includes(':') ? `[${host}]` : host}:${port}` }),
  airflow: ({ config: { host, port } }) => ({ text: airflowOf({ conn_type: 'generic', host, port }) }),
})
