import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

// Everything that is written by a program and not kept in git: connector registries and the Prisma client.
const root = path.join(import.meta.dirname, '..')
await import('../lib/connectors/generate.ts')

const schemaFolder = path.join(root, 'prisma/schema')
const client = path.join(root, 'lib/db/generated/client.ts')
const newestSchema = Math.max(
  ...readdirSync(schemaFolder).map((file) => statSync(path.join(schemaFolder, file)).mtimeMs),
)
if (!existsSync(client) || statSync(client).mtimeMs < newestSchema) {
  // The engine path only keeps Prisma from looking for a download: generation itself needs no engine.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  }
  const prisma = path.join(root, 'node_modules/prisma/build/index.js')
  const run = spawnSync(process.execPath, [prisma, 'generate'], { cwd: root, env, encoding: 'utf8' })
  if (run.status !== 0) {
    process.stderr.write(run.stdout + run.stderr)
    process.exit(run.status ?? 1)
  }
}
await import('./openapi.ts')
