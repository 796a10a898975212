import * as z from 'zod'
import {
  hostName,
  identifier,
  portNumber,
  serverDestination,
  serverFlat,
  serverTls,
  summarizeServer,
} from '../_sql/fields.ts'
import { sshTunnel } from '../_tunnel/fields.ts'
import { defineConnector, field } from '../contract.ts'
import { parseConnectionText } from './parse-url.ts'
import { presets } from './presets.ts'

export { sslModes } from '../_tls/ssl.ts'

export const manifest = defineConnector({
  id: 'postgres',
  name: 'PostgreSQL',
  summary: 'The open-source relational database, self-hosted or from any provider that speaks its protocol.',
  category: 'database',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['pg', 'postgresql', 'postgres', 'psql', 'sql', 'relational'],
  config: z.strictObject({
    host: field(hostName, {
      label: 'Host',
      placeholder: 'e.g. db.example.com',
      help: 'The server’s name or IP address, as your provider shows it. Paste a whole connection string above to fill every field.',
      group: 'Server',
      span: 8,
    }),
    port: field(portNumber.default(5432), {
      label: 'Port',
      placeholder: 'e.g. 5432',
      help: 'PostgreSQL listens on 5432 unless it was told otherwise; poolers and some providers use their own.',
      group: 'Server',
      widget: 'number',
      span: 4,
    }),
    database: field(identifier('database'), {
      label: 'Database',
      placeholder: 'e.g. analytics',
      help: 'One server holds several databases; this is the one to connect to. Upper and lower case matter.',
      group: 'Server',
      span: 6,
    }),
    schema: field(identifier('schema').default('public'), {
      label: 'Schema',
      placeholder: 'e.g. public',
      help: 'The schema pipelines use when a table is named without one. Discovery lists all schemas the login can see.',
      group: 'Server',
      span: 6,
    }),
    ...serverTls('The names mean what they mean in libpq and psql.'),
    ssh_tunnel: sshTunnel,
  }),
  credentials: ['database.password'],
  capabilities: ['test', 'discover', 'query', 'replicate'],
  presets,
  flat: serverFlat,
  sql: { quote: '"', schema: 'schema' },
  nodes: ['source_db', 'sink_db'],
  verifiedAgainst: 'PostgreSQL 15 and 18',
  summarize: summarizeServer,
  destination: (config) => serverDestination('postgresql', config),
  parseUrl: parseConnectionText,
})
