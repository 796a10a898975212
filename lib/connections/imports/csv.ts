import { parse } from 'csv-parse/sync'
import { environmentOf, type ForeignEntry, pasteOf } from './entry.ts'

/** A table with a head: `name,type,host,port,database,username,password,environment,tags,url`, in any order. */
export const readCsv = (text: string): ForeignEntry[] | undefined => {
  const [head = ''] = text.split(/\r?\n/, 1)
  const delimiter = [',', ';', '\t'].find((one) => head.includes(one))
  const columns = delimiter === undefined ? [] : head.toLowerCase().split(delimiter).map(plain)
  if (delimiter === undefined || !['type', 'url', 'host'].some((name) => columns.includes(name))) return undefined
  const rows: Record<string, string>[] = parse(text, {
    columns: (names: string[]) => names.map((name) => aliases[plain(name.toLowerCase())] ?? plain(name.toLowerCase())),
    delimiter,
    bom: true,
    skip_empty_lines: true,
    trim: true,
    relax_column_count: true,
    max_record_size: 65_536,
  })
  return rows.map(entryOf)
}

const plain = (name: string): string => name.replace(/["\uFEFF\s]/g, '')

const aliases: Record<string, string> = {
  conn_id: 'name',
  connection: 'name',
  id: 'name',
  conn_type: 'type',
  login: 'username',
  user: 'username',
  uri: 'url',
  schema: 'database',
  dbname: 'database',
  env: 'environment',
}

const entryOf = (row: Record<string, string>, i: number): ForeignEntry => {
  const { name, type, url, host, port, database, username, password, environment, tags, description } = row
  const label = name || `${type ?? ''} ${host ?? ''}`.trim() || `line ${i + 2}`
  return {
    label,
    name: label,
    paste: url || pasteOf({ conn_type: type ?? '', host, port, login: username, password, schema: database }),
    environment: environmentOf(environment),
    ...(tags && { tags: tags.split(/[\s;|]+/) }),
    description,
  }
}
