import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Client } from 'pg'
import type { Actor } from '#lib/auth/actor'
import { resetEnv } from '#lib/config/env'
import { db } from '#lib/db/client'
import { startEmbedded } from '#lib/db/embedded'
import { migrate } from '#lib/db/migrate'

/** May do everything in the one workspace of {@link withDatabase}. */
export const benchActor: Actor = {
  kind: 'system',
  id: 'bench',
  name: 'bench',
  workspaceId: 'ws_bench',
  organizationId: 'org_bench',
  role: 'owner',
}

/** Runs with a migrated database of its own that operations in this process use, and a bare client beside it. */
export const withDatabase = async <T>(measure: (client: Client) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'jackfield-bench-'))
  const database = await startEmbedded({ home: folder, name: 'database', port: 0, durable: false })
  const client = new Client({ connectionString: database.adminUrl() })
  try {
    process.env.DATABASE_URL = database.adminUrl()
    resetEnv()
    await migrate(database.adminUrl())
    await client.connect()
    await client.query("insert into organizations (id, name) values ('org_bench', 'Bench')")
    await client.query(
      "insert into workspaces (id, organization_id, name, tag) values ('ws_bench', 'org_bench', 'Bench', 'bench')",
    )
    return await measure(client)
  } finally {
    await client.end()
    await db().$disconnect()
    await database.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
