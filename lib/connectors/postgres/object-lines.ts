import type { DiscoveredEnum, DiscoveredExtension, DiscoveredRoutine } from '../contract.ts'
import { type Row, readTexts } from './row.ts'
import { ofExtension, type Statement, userSchemas } from './sql.ts'

/** Lines of a discovery that are no relations, with the statement they come from. */
export interface ObjectList {
  statement: Statement
  line(row: Row): DiscoveredRoutine | DiscoveredEnum | DiscoveredExtension
}

/** Routines, enums and extensions of a schema, or of all; what belongs to an extension is not listed apart from it. */
export const objectLists = (version: number, schema: string | undefined): ObjectList[] => {
  const params = [schema ?? null]
  const where = `${userSchemas} and ($1::text is null or n.nspname = $1::text::name)`
  return [
    { statement: { sql: listRoutines(version, where), params }, line: routine },
    { statement: { sql: listEnums(where), params }, line: enumeration },
    { statement: { sql: listExtensions, params }, line: extension },
  ]
}

const listRoutines = (version: number, where: string) => `
  select n.nspname::text, p.proname::text, pg_catalog.pg_get_function_identity_arguments(p.oid),
    ${version >= 110_000 ? 'p.prokind::text' : "case when p.proisagg then 'a' when p.proiswindow then 'w' else 'f' end"},
    pg_catalog.pg_get_function_result(p.oid), l.lanname::text, pg_catalog.obj_description(p.oid, 'pg_proc'),
    case when l.lanname in ('c', 'internal') then null
      ${version >= 140_000 ? 'when p.prosqlbody is not null then pg_catalog.pg_get_function_sqlbody(p.oid)' : ''} else p.prosrc end
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_language l on l.oid = p.prolang
  where ${where} and not ${ofExtension('pg_proc', 'p.oid')}
  order by n.nspname, p.proname, 3`

const routineKinds: Record<string, DiscoveredRoutine['kind'] | undefined> = {
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

const routine = (row: Row): DiscoveredRoutine => ({
  type: 'routine',
  schema: row.text(0) ?? '',
  name: row.text(1) ?? '',
  kind: routineKinds[row.text(3) ?? ''] ?? 'function',
  arguments: row.text(2) ?? '',
  returns: row.text(4),
  language: row.text(5),
  comment: row.text(6),
  definition: row.text(7),
})

const listEnums = (where: string) => `
  select n.nspname::text, t.typname::text, pg_catalog.obj_description(t.oid, 'pg_type'),
    (select array_agg(e.enumlabel order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = t.oid)::text
  from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  where t.typtype = 'e' and ${where} and not ${ofExtension('pg_type', 't.oid')}
  order by n.nspname, t.typname`

const enumeration = (row: Row): DiscoveredEnum => ({
  type: 'enum',
  schema: row.text(0) ?? '',
  name: row.text(1) ?? '',
  comment: row.text(2),
  labels: readTexts(row.text(3)),
})

const listExtensions = `
  select n.nspname::text, x.extname::text, pg_catalog.obj_description(x.oid, 'pg_extension'), x.extversion
  from pg_catalog.pg_extension x join pg_catalog.pg_namespace n on n.oid = x.extnamespace
  where x.extname <> 'plpgsql' and ($1::text is null or n.nspname = $1::text::name) order by n.nspname, x.extname`

const extension = (row: Row): DiscoveredExtension => ({
  type: 'extension',
  schema: row.text(0) ?? '',
  name: row.text(1) ?? '',
  comment: row.text(2),
  version: row.text(3) ?? '',
})
