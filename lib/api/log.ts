import { env } from '#lib/config/env'
import { createLog, type Log } from '#lib/core/log'

// One per process, also where Next bundles this module a second time.
const holder = globalThis as typeof globalThis & { jackfieldWebLog?: Log }

/** What the web process tells its operator. */
export const webLog = (): Log => {
  holder.jackfieldWebLog ??= createLog('web', { level: env().JACKFIELD_LOG_LEVEL })
  return holder.jackfieldWebLog
}
