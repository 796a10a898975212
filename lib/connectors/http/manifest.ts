import * as z from 'zod'
import { baseUrl, certificateFields, httpDestination, plainHeaders } from '../_http/fields.ts'
import { defineConnector, field } from '../contract.ts'
import { paceFields, pagination, testFields } from './fields.ts'
import { parseApiText } from './parse-url.ts'
import { presets } from './presets.ts'

export const manifest = defineConnector({
  id: 'http',
  name: 'REST API',
  summary: 'Any API over HTTP that answers with JSON, with its login, its pages and its limits.',
  category: 'api',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['http', 'https', 'rest', 'api', 'json', 'web', 'curl', 'oauth', 'bearer', 'webhook'],
  config: z.strictObject({
    base_url: field(baseUrl, {
      label: 'Base URL',
      placeholder: 'e.g. https://api.example.com/v1',
      help: 'Where the API begins, as its documentation says. Secrets are sealed to its scheme, host and port and go nowhere else.',
      group: 'Server',
      span: 12,
    }),
    request_headers: field(plainHeaders.optional(), {
      label: 'Headers',
      placeholder: 'e.g. X-Api-Version',
      help: 'Sent with every request and shown to everybody. What is secret belongs into the login.',
      group: 'Server',
      widget: 'map',
      span: 12,
    }),
    ...testFields,
    pagination,
    ...paceFields,
    ...certificateFields,
  }),
  credentials: ['api_key.bearer', 'api_key.key', 'password.basic', 'oauth.client', 'api_key.parts'],
  loginOptional: true,
  capabilities: ['test', 'pages'],
  presets,
  flat: {
    host: 'base_url',
    login: { kind: 'password.basic', field: 'username' },
    password: { kind: 'password.basic', field: 'password' },
  },
  nodes: ['source_api', 'sink_api'],
  verifiedAgainst: 'Node’s HTTP server and oidc-provider 9',
  summarize: ({ base_url }) => base_url.replace(/^https:\/\//, ''),
  destination: httpDestination,
  parseUrl: parseApiText,
})
