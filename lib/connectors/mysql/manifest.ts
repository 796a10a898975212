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

export const manifest = defineConnector({
  id: 'mysql',
  name: 'MySQL',
  summary: 'MySQL and MariaDB, self-hosted or from any provider that speaks their protocol.',
  category: 'database',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['mysql', 'mariadb', 'percona', 'aurora', 'vitess', 'sql', 'relational', 'innodb'],
  config: z.strictObject({
    host: field(hostName, {
      label: 'Host',
      placeholder: 'e.g. db.example.com',
      help: 'The server’s name or IP address, as your provider shows it. Paste a whole connection string above to fill every field.',
      group: 'Server',
      span: 8,
    }),
    port: field(portNumber.default(3306), {
      label: 'Port',
      placeholder: 'e.g. 3306',
      help: 'MySQL and MariaDB listen on 3306 unless they were told otherwise. 33060 is another protocol.',
      group: 'Server',
      widget: 'number',
      span: 4,
    }),
    database: field(identifier('database', { length: 64, unit: 'characters' }), {
      label: 'Database',
      placeholder: 'e.g. shop',
      help: 'The database (schema) pipelines use when a table is named without one. Discovery lists every database the login can see.',
      group: 'Server',
      span: 12,
    }),
    ...serverTls('verify-full is MySQL’s VERIFY_IDENTITY, verify-ca its VERIFY_CA, require its REQUIRED.'),
    ssh_tunnel: sshTunnel,
  }),
  credentials: ['database.password'],
  capabilities: ['test', 'discover', 'query', 'replicate'],
  presets,
  flat: serverFlat,
  sql: { quote: '`', schema: 'database', dialect: 'mysql' },
  nodes: ['source_db', 'sink_db'],
  verifiedAgainst: 'MariaDB 10.11, and a server that speaks MySQL 8’s login, checked with MariaDB’s own client',
  summarize: summarizeServer,
  destination: (config) => serverDestination('mysql', config),
  parseUrl: parseConnectionText,
})
