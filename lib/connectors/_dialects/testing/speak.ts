import type * as z from 'zod'
import type { DialectName, Spoken } from '../../contract.ts'
import type { HostileLogin } from './logins.ts'

export type Speaking = (format: Exclude<DialectName, 'fields'>, login: HostileLogin) => Spoken

/** A connector's dialects for a login at a server that is running. */
export const speaker =
  <C extends z.ZodObject>(
    { config }: { config: C },
    dialects: Partial<Record<DialectName, (of: never) => Spoken>>,
    place: () => Record<string, unknown>,
  ): Speaking =>
  (format, { database, username, password }) => {
    const credential = { kind: 'database.password', username, password }
    const described = { conn_id: 'prod', config: config.parse({ ...place(), database }), credential }
    return dialects[format]?.(described as never) ?? { text: '' }
  }
