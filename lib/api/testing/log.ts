import { createLog, type Log } from '#lib/core/log'

/** Collects what the web process logs in this test file, line by line as it would be written. */
export const collectLog = (): string[] => {
  const lines: string[] = []
  const log = createLog('web', { destination: { write: (line: string) => void lines.push(line) } })
  Object.assign(globalThis, { jackfieldWebLog: log satisfies Log })
  return lines
}
