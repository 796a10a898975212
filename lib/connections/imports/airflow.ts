import { type ForeignEntry, objectOf, pasteOf, textOf } from './entry.ts'

/** `airflow connections export`: JSON or YAML of connections by their ids, each an object or a URI. */
export const readAirflow = (document: unknown): ForeignEntry[] | undefined => {
  const all = Object.entries(objectOf(document) ?? {})
  if (all.length === 0 || !all.every(([, value]) => isConnection(value))) return undefined
  return all.map(([id, value]) => {
    const connection = objectOf(value)
    return {
      label: id,
      name: id,
      paste: connection ? pasteOf({ ...connection, conn_type: String(connection.conn_type) }) : String(value),
      description: textOf(connection?.description),
    }
  })
}

const isConnection = (value: unknown): boolean =>
  typeof value === 'string' ? value.includes('://') : typeof objectOf(value)?.conn_type === 'string'
