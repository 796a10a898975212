import type { Tx } from '#lib/db/client'
import { type SourceSettings, sourceSettings } from './configuration.ts'

/** What is stored of a data source's settings, with those it never changed at their defaults. */
export const settingsOf = (stored: unknown): SourceSettings => sourceSettings.parse(stored ?? {})

export const readSettings = async (tx: Tx, workspaceId: string, connectionId: string) => {
  const row = await tx.sourceConfiguration.findFirst({ where: { connectionId, workspaceId } })
  return {
    settings: settingsOf(row?.settings),
    revision: row?.revision ?? 0,
    updatedAt: row?.updatedAt ?? null,
    updatedBy: row?.updatedBy ?? null,
  }
}

export const saveSettings = async (
  tx: Tx,
  workspaceId: string,
  { connectionId, settings, updatedBy }: { connectionId: string; settings: SourceSettings; updatedBy: string },
): Promise<void> => {
  const kept = { settings, writes: settings.writes, updatedBy }
  await tx.sourceConfiguration.upsert({
    where: { connectionId, workspaceId },
    create: { connectionId, workspaceId, ...kept },
    update: { ...kept, revision: { increment: 1 } },
  })
  // Somebody acted: the schedule begins anew, also where it had stopped.
  await tx.sourceCache.updateMany({
    where: { connectionId, workspaceId },
    data: { nextAt: null, stopped: null, failures: 0 },
  })
}
