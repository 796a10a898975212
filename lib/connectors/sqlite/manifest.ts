import * as z from 'zod'
import { defineConnector, field } from '../contract.ts'
import { filePath } from './fields.ts'
import { parseFileText } from './parse-url.ts'

export const manifest = defineConnector({
  id: 'sqlite',
  name: 'SQLite',
  summary: 'A database in one file on the machine that Jackfield runs on, opened read-only.',
  category: 'database',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['sqlite', 'sqlite3', 'file', 'embedded', 'db', 'sql', 'relational'],
  config: z.strictObject({
    path: field(filePath, {
      label: 'File',
      placeholder: 'e.g. shop/orders.db',
      help: 'Inside a folder that the operator of Jackfield allows: relative to it, or the whole path. It has to exist.',
      group: 'File',
      span: 12,
    }),
  }),
  credentials: [],
  capabilities: ['test', 'discover', 'query'],
  presets: [],
  flat: { host: 'path' },
  sql: { quote: '"', dialect: 'sqlite' },
  nodes: ['source_db', 'sink_db'],
  verifiedAgainst: 'SQLite 3.53',
  summarize: ({ path }) => path,
  destination: ({ path }) => ({ scheme: 'sqlite', host: path, port: 0, tls: 'disable' }),
  localFile: { engine: 'sqlite', path: ({ path }) => path },
  parseUrl: parseFileText,
})
