import type { ParsedUrl } from '../contract.ts'
import type { Parts } from './parts.ts'

/** Takes what was read apart, each part once; `result` says by name what nobody took. */
export const taking = ({ values, notes: read }: Parts) => {
  const left = new Map(values)
  const notes = [...read]
  const config: ParsedUrl['config'] = {}
  /** The first of these names that was given; all of them count as taken. */
  const take = (...names: string[]): string | undefined => {
    const found = names.map((name) => left.get(name)).find((value) => value !== undefined && value !== '')
    for (const name of names) left.delete(name)
    return found
  }
  return {
    notes,
    config,
    take,
    /** Host and port into the settings of these names; several hosts and sockets are left to the person. */
    endpoint: (hostName = 'host', portName = 'port'): void => {
      const address = take('hostaddr')
      const host = take('host') ?? address
      const port = take('port')
      if (host?.includes(',')) {
        notes.push('Several hosts were given. A connection has one; enter the host and port you want.')
        return
      }
      if (host?.startsWith('/') || host?.startsWith('@')) notes.push('Sockets cannot be used; enter a host name.')
      else if (host) config[hostName] = host
      if (port && /^\d{1,5}$/.test(port)) config[portName] = Number(port)
      else if (port) notes.push('The port is not a number and was left out.')
    },
    result: (credential: ParsedUrl['credential'], kind?: ParsedUrl['kind']): ParsedUrl => {
      const named = [...left.keys()].filter((key) => /^[\w. -]{1,40}$/.test(key))
      if (named.length > 0)
        notes.push(`Left out, because the form has no field for it: ${named.slice(0, 10).join(', ')}.`)
      return { config, credential, notes, ...(kind && { kind }) }
    },
  }
}

/** Only what was given, so that the form keeps what it has for the rest. */
export const given = (values: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
