import { environmentOf, type ForeignEntry, objectOf, pasteOf, textOf } from './entry.ts'

/** DBeaver's `data-sources.json`. Its passwords are in a file of their own, encrypted, and have to be entered again. */
export const readDbeaver = (document: unknown): ForeignEntry[] | undefined => {
  const connections = objectOf(objectOf(document)?.connections)
  if (!connections || !Object.values(connections).every((one) => objectOf(one)?.configuration)) return undefined
  return Object.entries(connections).map(([id, value]) => entryOf(id, objectOf(value) ?? {}))
}

const entryOf = (id: string, source: Record<string, unknown>): ForeignEntry => {
  const configuration = objectOf(source.configuration) ?? {}
  const properties = objectOf(configuration.properties)
  const name = textOf(source.name) ?? id
  const folder = textOf(source.folder)
  const { host, port, database, url, user } = configuration
  return {
    label: name,
    name,
    paste:
      host === undefined && textOf(url)
        ? String(url)
        : pasteOf({
            conn_type: providerOf(source),
            host,
            port,
            schema: database,
            login: user,
            extra: { ...properties, ...tlsOf(configuration) },
          }),
    environment: environmentOf(configuration.type),
    ...(folder !== undefined && { tags: [folder] }),
    description: textOf(source.description),
    notes: tunnelOf(configuration) ? ['It went through an SSH tunnel; add that to the connection.'] : [],
  }
}

/** `mysql8` and `mariaDB` are drivers of one provider; the driver says more where it names a program of its own. */
const providerOf = ({ provider, driver }: Record<string, unknown>): string =>
  String(/^(?:mariadb|sqlite)/i.exec(String(driver))?.[0] ?? provider).toLowerCase()

const enabled = (configuration: Record<string, unknown>, shape: RegExp): Record<string, unknown> | undefined =>
  Object.entries(objectOf(configuration.handlers) ?? {})
    .filter(([name, handler]) => shape.test(name) && objectOf(handler)?.enabled === true)
    .map(([, handler]) => objectOf(handler))[0]

const tunnelOf = (configuration: Record<string, unknown>) => enabled(configuration, /ssh/i)

const tlsOf = (configuration: Record<string, unknown>): Record<string, unknown> => {
  const properties = objectOf(enabled(configuration, /ssl/i)?.properties)
  return properties?.sslMode ? { sslmode: properties.sslMode } : {}
}
