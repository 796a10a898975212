import { parse as parseYaml } from 'yaml'
import { recogniseUrl } from '#lib/connectors/catalog'
import type { ParsedUrl } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'
import { secretFieldsOf } from '#lib/credentials/kinds'
import { slugOf } from '../names.ts'
import { readAirflow } from './airflow.ts'
import { readCsv } from './csv.ts'
import { readDbeaver } from './dbeaver.ts'
import { readDbt } from './dbt.ts'
import { type ForeignEntry, objectOf, textOf } from './entry.ts'
import { readEnvFile } from './env-file.ts'
import { isOwnFile, type OwnEntry, readOwnFile } from './own.ts'
import { readPgpass, readServices } from './postgres-files.ts'
import type { ImportFormat } from './schema.ts'

/** One connection of a file, ready to be made; with a problem instead where it cannot be. */
export interface ImportDraft {
  label: string
  entry: OwnEntry | undefined
  /** Secrets that stood in the file, to be sealed with the connection. */
  secrets: ParsedUrl['credential']
  notes: string[]
  problem: string | undefined
}

/** As many as one call takes; larger files are split. */
export const draftsMax = 500

/** Reads a file of ours or of another program. The text may hold passwords: no error quotes it. */
export const readImport = (
  text: string,
  wanted: ImportFormat | 'auto',
): { format: ImportFormat; drafts: ImportDraft[] } => {
  const document = documentOf(text)
  if (isOwnFile(document)) return { format: 'jackfield', drafts: bounded(readOwnFile(document)).map(ownDraft) }
  for (const [format, read] of readers) {
    if (wanted !== 'auto' && wanted !== format) continue
    const entries = read(text, document)
    if (entries) return { format, drafts: bounded(entries).map(foreignDraft) }
  }
  throw unreadable(
    wanted === 'auto'
      ? 'This is no file that can be read here. Choose the program it comes from, or check that it is whole.'
      : 'This does not look like a file of that program. Choose another one, or let it be found out.',
  )
}

const readers: [ImportFormat, (text: string, document: unknown) => ForeignEntry[] | undefined][] = [
  ['dbeaver', (_, document) => readDbeaver(document)],
  ['dbt', (_, document) => readDbt(document)],
  ['airflow', (_, document) => readAirflow(document)],
  ['pg_service', (text) => readServices(text)],
  ['pgpass', (text) => readPgpass(text)],
  ['csv', (text) => readCsv(text)],
  ['env', (text) => readEnvFile(text, (paste) => recogniseUrl(paste) !== undefined)],
]

/** JSON is YAML too. What is neither is undefined. */
const documentOf = (text: string): unknown => {
  try {
    const document: unknown = parseYaml(text, { maxAliasCount: 20, logLevel: 'silent' })
    return objectOf(document)
  } catch {
    return undefined
  }
}

const bounded = <T>(entries: T[]): T[] => {
  if (entries.length === 0) throw unreadable('There is no connection in this file.')
  if (entries.length <= draftsMax) return entries
  throw unreadable(`This file holds ${entries.length} connections; split it into files of at most ${draftsMax}.`)
}

const ownDraft = (entry: OwnEntry): ImportDraft => ({
  label: entry.name,
  entry,
  secrets: {},
  notes: [],
  problem: undefined,
})

const foreignDraft = ({
  label,
  name,
  paste,
  environment,
  tags,
  description,
  notes = [],
}: ForeignEntry): ImportDraft => {
  const found = recogniseUrl(paste)
  if (!found) return { label, entry: undefined, secrets: {}, notes, problem: unknownSystem(paste) }
  const { manifest, parsed } = found
  const kind = parsed.kind ?? manifest.credentials[0]
  const isSecret = new Set(kind === undefined ? [] : secretFieldsOf(kind))
  const login = Object.entries(parsed.credential)
  const of = <T>(secret: boolean, all: [string, T][]) =>
    Object.fromEntries(all.filter(([field]) => isSecret.has(field) === secret))
  const entry: OwnEntry = {
    conn_id: slugOf(name, manifest.id),
    name,
    type: manifest.id,
    role: 'source',
    environment,
    tags: (tags ?? []).map((tag) => slugOf(tag, 'imported')),
    description,
    config: nested(parsed.config),
    ...(kind !== undefined && login.length > 0 && { credential: { kind, config: of(false, login), secret: [] } }),
  }
  return { label, entry, secrets: of(true, login), notes: [...notes, ...parsed.notes], problem: undefined }
}

/** Settings inside of a group are named by their path, as in the form. */
const nested = (config: ParsedUrl['config']): Record<string, unknown> => {
  const result: Record<string, unknown> = {}
  for (const [path, value] of Object.entries(config)) {
    const [group = '', member] = path.split('/')
    if (member === undefined) result[path] = value
    else result[group] = { ...objectOf(result[group]), [member]: value }
  }
  return result
}

const unknownSystem = (paste: string): string => {
  const type = paste.startsWith('{') ? textOf(objectOf(documentOf(paste))?.conn_type) : undefined
  return type ? `No connector here is for “${type.slice(0, 64)}”.` : 'No connector here understands this address.'
}

const unreadable = (message: string) =>
  new AppError('invalid_request', message, { errors: [{ pointer: '/text', message }] })
