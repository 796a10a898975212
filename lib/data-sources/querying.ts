import { findManifest } from '#lib/connectors/catalog'
import { AppError } from '#lib/core/errors'
import type { ReadContext } from '#lib/core/operation'
import type { SourceSettings } from './configuration.ts'
import { settingsOf } from './configuration-store.ts'
import { requireSource } from './store.ts'

/** A saved connection that takes statements, and what one may take there. */
export interface Queried {
  id: string
  name: string
  environment: string | null
  settings: SourceSettings
}

/** The data source behind a name, if this actor may use it and its connector runs statements. */
export const findQueried = async (ref: string, { actor, db }: Pick<ReadContext, 'actor' | 'db'>): Promise<Queried> => {
  const source = await requireSource(db, actor, ref)
  if (!findManifest(source.type)?.capabilities.includes('query')) {
    throw new AppError('unprocessable', `“${source.name}” takes no queries: its connector runs none.`)
  }
  const { id, name, environment, settings } = source
  return { id, name, environment, settings: settingsOf(settings) }
}
