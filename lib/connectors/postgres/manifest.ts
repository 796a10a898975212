import * as z from 'zod'
import { defineConnector, field } from '../contract.ts'

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const

export const manifest = defineConnector({
  id: 'postgres',
  name: 'PostgreSQL',
  summary: 'The open-source relational database, self-hosted or from any provider that speaks its protocol.',
  category: 'database',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['pg', 'postgresql', 'postgres', 'sql', 'relational'],
  config: z.strictObject({
    host: field(z.string().min(1, 'Enter the host.').max(255), {
      label: 'Host',
      placeholder: 'e.g. db.example.com',
      group: 'Server',
      span: 8,
    }),
    port: field(
      z.coerce
        .number()
        .int()
        .min(1, 'A port is a number from 1 to 65535.')
        .max(65_535, 'A port is a number from 1 to 65535.')
        .default(5432),
      { label: 'Port', group: 'Server', span: 4, widget: 'number' },
    ),
    database: field(z.string().min(1, 'Enter the database.').max(63), {
      label: 'Database',
      placeholder: 'e.g. analytics',
      group: 'Server',
      span: 6,
    }),
    schema: field(z.string().max(63).default('public'), { label: 'Schema', group: 'Server', span: 6 }),
    ssl_mode: field(z.enum(sslModes).default('verify-full'), {
      label: 'SSL mode',
      group: 'Security',
      span: 12,
      widget: 'select',
    }),
  }),
  credentials: ['database.password'],
  capabilities: ['test', 'discover'],
  presets: [],
  flat: {
    host: 'host',
    port: 'port',
    schema: 'database',
    login: { kind: 'database.password', field: 'username' },
    password: { kind: 'database.password', field: 'password' },
  },
  nodes: ['source_db', 'sink_db'],
  verifiedAgainst: 'PostgreSQL 15 and 18',
  summarize: (config) => `${config.host}:${config.port}/${config.database}`,
  destination: (config) => ({
    scheme: 'postgresql',
    host: config.host.toLowerCase(),
    port: config.port,
    tls: config.ssl_mode,
  }),
})
