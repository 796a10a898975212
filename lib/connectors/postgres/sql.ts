import { containsPattern } from '../_sql/quote.ts'
import type { DiscoverRequest } from '../contract.ts'
import {
  constraintSums,
  indexSums,
  joinSeldom,
  joinStamps,
  rowSums,
  seldomSums,
  stampOf,
  stampParts,
} from './stamps.ts'

/** A statement for the extended protocol: parameters as text, results in binary. */
export interface Statement {
  sql: string
  params: (string | null)[]
}

/** What sessions for discovery start with: our limits on the server's side too, names resolved by no search path, no writes. */
export const setUpSession = (statementMs: number): Statement => ({
  sql: `select set_config('search_path', 'pg_catalog', false), set_config('default_transaction_read_only', 'on', false),
    set_config('statement_timeout', $1::text, false), set_config('lock_timeout', '2000', false), set_config('jit', 'off', false),
    set_config('max_parallel_workers_per_gather', '0', false), set_config('work_mem', '32MB', false),
    current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding`,
  params: [String(statementMs)],
})

export const userSchemas = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`
/** Whether something was made by an extension, as SQL. */
export const ofExtension = (catalog: string, oid: string) =>
  `exists (select from pg_catalog.pg_depend x where x.classid = 'pg_catalog.${catalog}'::regclass and x.objid = ${oid} and x.deptype = 'e')`

const ofRelations = `c.relkind in ('r', 'v', 'm', 'f', 'p')`

/** Every schema of the user's with its counts: name, comment, owner, relations, usable. */
export const listSchemas = (schema?: string): Statement => ({
  sql: `select n.nspname::text, pg_catalog.obj_description(n.oid, 'pg_namespace'), pg_catalog.pg_get_userbyid(n.nspowner)::text,
      coalesce(r.relations, 0)::int, pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    from pg_catalog.pg_namespace n
    left join (select c.relnamespace, count(*) as relations from pg_catalog.pg_class c where ${ofRelations} group by 1) r
      on r.relnamespace = n.oid
    where ${userSchemas} and ($1::text is null or n.nspname = $1::text::name) order by n.nspname`,
  params: [schema ?? null],
})

/** Built-in types by id; every other type comes spelled out with its column. */
export const listTypes: Statement = {
  sql: `select t.oid, pg_catalog.format_type(t.oid, -1) from pg_catalog.pg_type t where t.oid < 16384`,
  params: [],
}

/** Words that need quotes as identifiers. */
export const listKeywords: Statement = {
  sql: `select word from pg_catalog.pg_get_keywords() where catcode <> 'U'`,
  params: [],
}

/** Names of schemas and access methods by id, so that no row has to carry or join them. */
export const listNames: Statement = {
  sql: `select oid, nspname::text from pg_catalog.pg_namespace union all select oid, amname::text from pg_catalog.pg_am`,
  params: [],
}

// One index scan per relation, in its own order: the server sends while it reads, and nothing is sorted but the names.
// What most columns do not have is left out instead of sent as null: type 0 says that the next spelled-out one is meant.
const columnArrays = (isFull: boolean, isStamped: boolean) => `
  left join lateral (
    select array_agg(attname) as names, array_agg(case when formatted is null then atttypid else 0::oid end) as types,
      array_agg(formatted) filter (where formatted is not null) as formatted,
      array_agg(attnum) filter (where attnotnull) as required,
      case when max(attnum) <> count(*) then array_agg(attnum) end as numbers
      ${
        isFull
          ? `, array_agg(attnum) filter (where isSpecial) as special, array_agg(default_value) filter (where isSpecial) as defaults,
          array_agg(attidentity::text || attgenerated::text) filter (where isSpecial) as generations`
          : ''
      }
      ${isStamped ? ', count(*) as n, sum(written) as x' : ''}
    from (
      select a.attname, a.atttypid, a.attnotnull, a.attnum,
        case when a.atttypmod = -1 and a.atttypid < 16384 then null else pg_catalog.format_type(a.atttypid, a.atttypmod) end as formatted
        ${
          isFull
            ? `, a.attidentity, a.attgenerated, a.atthasdef or a.attidentity <> '' as isSpecial,
          case when a.atthasdef then (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum) end as default_value`
            : ''
        }
        ${isStamped ? ', age(a.xmin) as written' : ''}
      from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum
    ) one
  ) col on true`

const primaryKey = `(select k.conkey from pg_catalog.pg_constraint k where k.conrelid = c.oid and k.contype = 'p' limit 1)`

const commentArrays = (isStamped: boolean) => `
  left join lateral (
    select array_agg(d.objsubid::int2) as numbers, array_agg(d.description) as texts ${isStamped ? `, ${rowSums}` : ''} from pg_catalog.pg_description d
    where d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid
  ) des on true`

// Looked up once per request: operator classes and indexes whose definition says more than method and columns.
const exceptions = (version: number) => `
  cross join (
    select array(select o.oid from pg_catalog.pg_opclass o where not o.opcdefault) as classes,
      (select array_agg(i.indexrelid) from pg_catalog.pg_index i where i.indnatts <> i.indnkeyatts
        ${version >= 150_000 ? 'or i.indnullsnotdistinct' : ''}) as indexes
  ) other`

const foreignKeyRules = (version: number) => {
  const action = (column: string) =>
    `case ${column} when 'r' then 'RESTRICT' when 'c' then 'CASCADE' when 'n' then 'SET NULL' when 'd' then 'SET DEFAULT' end`
  const some = `(select ' (' || string_agg(pg_catalog.quote_ident(a.attname), ', ' order by a.attnum) || ')'
    from pg_catalog.pg_attribute a where a.attrelid = k.conrelid and a.attnum = any (k.confdelsetcols))`
  return `concat_ws(' ', case k.confmatchtype when 'f' then 'MATCH FULL' end, 'ON UPDATE ' || ${action('k.confupdtype')},
    'ON DELETE ' || ${action('k.confdeltype')} ${version >= 150_000 ? `|| coalesce(${some}, '')` : ''},
    case when k.condeferrable then 'DEFERRABLE' end, case when k.condeferred then 'INITIALLY DEFERRED' end,
    ${version >= 180_000 ? `case when not k.conenforced then 'NOT ENFORCED' when not k.convalidated then 'NOT VALID' end` : `case when not k.convalidated then 'NOT VALID' end`})`
}

// Definitions are only asked for where they say more than kind and columns.
const constraintArrays = (version: number, isStamped: boolean) => `
  left join lateral (
    select array_agg(k.conname) as names, array_agg(k.contype) as kinds, array_agg(k.conkey::text) as keys,
      array_agg(case when k.contype in ('c', 'x') or k.contype in ('p', 'u') and (k.condeferrable or k.conindid = any (other.indexes)
        ${version >= 180_000 ? 'or k.conperiod' : ''}) then pg_catalog.pg_get_constraintdef(k.oid)
        when k.contype = 'f' and (k.confupdtype <> 'a' or k.confdeltype <> 'a' or k.confmatchtype <> 's' or k.condeferrable or not k.convalidated)
        then ${foreignKeyRules(version)} end) as definitions,
      array_agg(f.relnamespace) as target_schemas, array_agg(f.relname) as target_names,
      array_agg(case when k.contype = 'f' and k.confkey[2] is null then
        (select a.attname from pg_catalog.pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1]) end) as target_column,
      array_agg(case when k.contype = 'f' and k.confkey[2] is not null then (
        select array_agg(a.attname order by u.place)::text from unnest(k.confkey) with ordinality u(number, place)
        join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) end) as target_columns
      ${isStamped ? `, ${constraintSums}` : ''}
    from pg_catalog.pg_constraint k left join pg_catalog.pg_class f on k.contype = 'f' and f.oid = k.confrelid
    ${isStamped ? 'left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace' : ''}
    where k.conrelid = c.oid and k.contype in ('p', 'u', 'f', 'c', 'x')
  ) con on true`

// Up to three columns are looked at one by one, which is far cheaper than comparing arrays; longer keys are spelled out.
const isPlainColumn = (place: number) => `(i.indnkeyatts <= ${place} or i.indoption[${place}] = 0
  and i.indcollation[${place}] in (0, 100) and i.indclass[${place}] <> all (other.classes))`

const indexArrays = (isStamped: boolean) => `
  left join lateral (
    select array_agg(ic.relname) as names, array_agg(i.indkey::text) as keys, array_agg(i.indisunique) as uniques,
      array_agg(i.indisprimary) as primaries, array_agg(ic.relam) as methods, array_agg(ic.relpages) as pages,
      array_agg(case when i.indnkeyatts <= 3 and ic.relkind = 'i' and i.indexprs is null and i.indpred is null and ic.reloptions is null
        and ${isPlainColumn(0)} and ${isPlainColumn(1)} and ${isPlainColumn(2)} and (other.indexes is null or i.indexrelid <> all (other.indexes))
        then null else pg_catalog.pg_get_indexdef(i.indexrelid) end) as definitions
      ${isStamped ? `, ${indexSums}` : ''}
    from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid
    where i.indrelid = c.oid
  ) idx on true`

const storage = (isSingle: boolean) => `
  left join lateral (
    select case when c.relkind not in ('r', 'm', 'p') then null ${
      isSingle
        ? `else pg_catalog.pg_total_relation_size(c.oid)`
        : `when c.relpages = 0 then null else
      (c.relpages::int8 + coalesce((select t.relpages from pg_catalog.pg_class t where t.oid = c.reltoastrelid and c.reltoastrelid <> 0), 0)) * current_setting('block_size')::int8`
    } end::text as bytes
  ) sto on true`

const incomingKeys = `
  left join lateral (
    select array_agg(k.conname) as names, array_agg(k.confkey::text) as keys, array_agg(fn.nspname) as schemas, array_agg(f.relname) as tables,
      array_agg((select array_agg(a.attname order by u.place)::text from unnest(k.conkey) with ordinality u(number, place)
        join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.number)) as columns
    from pg_catalog.pg_constraint k join pg_catalog.pg_class f on f.oid = k.conrelid join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
    where k.confrelid = c.oid and k.contype = 'f'
  ) inc on true`

/** `stamped`: in full, each with its stamp. */
export type RelationShape = 'names' | 'columns' | 'full' | 'stamped' | 'single'

export const shapeOf = ({ what, detail, schema, name, only }: DiscoverRequest): RelationShape => {
  // As one among all, so that reading it alone finds no difference to reading everything.
  if (what === 'everything') return schema === undefined && only === undefined ? 'stamped' : 'full'
  return detail === 'full' && schema !== undefined && name !== undefined ? 'single' : detail
}

/** Null where the server has never counted. */
const rowEstimate = (version: number): string =>
  `case when c.relkind = 'v' or ${version < 140_000 ? 'c.reltuples = 0 and c.relpages = 0' : 'c.reltuples < 0'} then null else c.reltuples::int8::text end`

/** Relations in the order of schema and name, a page of them or all; everything about one in one row. */
export const listRelations = (request: DiscoverRequest, version: number): Statement => {
  const params: (string | null)[] = []
  const param = (value: string) => `$${params.push(value)}::text`
  const where = [ofRelations, userSchemas]
  if (request.schema !== undefined) where.push(`n.nspname = ${param(request.schema)}::name`)
  if (request.name !== undefined) where.push(`c.relname = ${param(request.name)}::name`)
  if (request.only)
    where.push(`(n.nspname, c.relname) in (select (one->>0)::name, (one->>1)::name
      from pg_catalog.json_array_elements(${param(JSON.stringify(request.only))}::json) one)`)
  if (request.after)
    where.push(`(n.nspname, c.relname) > (${param(request.after[0])}::name, ${param(request.after[1])}::name)`)
  if (request.q !== undefined && request.q !== '') {
    const pattern = param(containsPattern(request.q))
    where.push(`(c.relname::text ilike ${pattern} or exists (select from pg_catalog.pg_description q where q.objoid = c.oid
      and q.classoid = 'pg_catalog.pg_class'::regclass and q.objsubid = 0 and q.description ilike ${pattern}))`)
  }
  const shape = shapeOf(request)
  const isFull = shape !== 'names' && shape !== 'columns'
  const isStamped = shape === 'stamped'
  const sql = `
    ${isStamped ? `with ${seldomSums}` : ''}
    select c.nspname::text, c.relname::text, c.kind, ${shape === 'names' || shape === 'columns' ? `pg_catalog.obj_description(c.oid, 'pg_class')` : 'null'}::text,
      ${rowEstimate(version)},
      case when c.relispartition then (select array[pn.nspname, p.relname]::text[] from pg_catalog.pg_inherits i join pg_catalog.pg_class p on p.oid = i.inhparent
        join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace where i.inhrelid = c.oid limit 1) end
      ${shape === 'names' ? '' : ', col.names, col.types, col.formatted, col.required, col.numbers'}
      ${shape === 'columns' ? `, ${primaryKey}` : ''}
      ${isFull ? ", col.special, col.defaults, col.generations, des.numbers, des.texts, con.names, con.kinds, con.keys, con.definitions, con.target_schemas, con.target_names, con.target_column, con.target_columns, idx.names, idx.keys, idx.uniques, idx.primaries, idx.methods, idx.pages, idx.definitions, sto.bytes, case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end" : ''}
      ${isStamped ? `, ${stampOf('c.written')}` : ''}
      ${shape === 'single' ? `, inc.names, inc.keys, inc.schemas, inc.tables, inc.columns` : ''}
    from (
      select c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages, c.relispartition, c.reltoastrelid,
        case c.relkind when 'r' then case when c.relispartition then 'partition' else 'table' end when 'v' then 'view'
          when 'm' then 'materialized_view' when 'f' then 'foreign_table' else 'partitioned_table' end as kind
        ${isStamped ? ', age(c.xmin) as written' : ''}
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where ${where.join(' and ')} order by n.nspname, c.relname ${request.limit === undefined ? 'offset 0' : `limit ${request.limit}`}
    ) c
    ${isStamped ? joinSeldom : ''}
    ${isFull ? exceptions(version) : ''}
    ${shape === 'names' ? '' : columnArrays(isFull, isStamped)}
    ${isFull ? commentArrays(isStamped) + constraintArrays(version, isStamped) + indexArrays(isStamped) + storage(shape === 'single') : ''}
    ${shape === 'single' ? incomingKeys : ''}
    order by c.nspname, c.relname`
  return { sql, params }
}

/** Every relation in the order of schema and name with its counts and its stamp, and nothing else about it. */
export const listStamps = (version: number): Statement => ({
  sql: `with ${stampParts},
    relation as materialized (
      select n.nspname, c.oid, c.relname, c.relkind, c.reltuples, c.relpages, c.reltoastrelid, age(c.xmin) as written
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where ${ofRelations} and ${userSchemas})
    select c.nspname::text, c.relname::text, ${rowEstimate(version)},
      case when c.relkind in ('r', 'm', 'p') and c.relpages > 0 then ((c.relpages::int8 + coalesce(t.relpages, 0))
        * current_setting('block_size')::int8 + coalesce(idx.pages, 0) * 8192)::text end,
      ${stampOf('c.written')}
    from relation c ${joinStamps}
    left join pg_catalog.pg_class t on t.oid = c.reltoastrelid and c.reltoastrelid <> 0
    order by c.nspname, c.relname`,
  params: [],
})
