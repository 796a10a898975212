/**
 * How many rows there are, and the sum of the transactions that wrote them. `age` is the cheapest way to a number from
 * `xmin`; counted from the same point it stands still. Rows as old as the database have no age.
 */
const written = (catalog: string, where = '') =>
  `(select count(*) || ':' || (count(x) * (select age('3'::xid)) - coalesce(sum(x), 0)) from (
    select nullif(age(xmin), 2147483647) as x from pg_catalog.${catalog} ${where}) one)`

const ofUser = ['pg_operator', 'pg_opclass', 'pg_collation', 'pg_ts_config', 'pg_ts_dict', 'pg_language']

/**
 * One text that differs once anything of the structure does. What only counts rows and pages is written in place and
 * leaves it as it is.
 */
export const fingerprint = (version: number): string => {
  const catalogs = [
    written('pg_class'),
    written('pg_attribute', 'where attnum > 0'),
    ...['pg_attrdef', 'pg_constraint', 'pg_index', 'pg_inherits', 'pg_description', 'pg_namespace'].map((one) =>
      written(one),
    ),
    ...['pg_proc', 'pg_type', 'pg_enum', 'pg_extension', 'pg_rewrite', 'pg_auth_members'].map((one) => written(one)),
    ...ofUser.map((one) => written(one, 'where oid >= 16384')),
    written('pg_depend', `where refclassid = 'pg_catalog.pg_extension'::regclass and deptype = 'e'`),
    `(select count(*) || ':' || sum(hashtext(rolname::text)) from pg_catalog.pg_roles)`,
  ]
  return `select concat_ws(',', 'v2', ${version}, ${ownDatabase}, ${catalogs.join(', ')})`
}

const ownDatabase = '(select oid from pg_catalog.pg_database where datname = current_database())'

const usedOf = (catalog: string) =>
  `(select refobjid from pg_catalog.pg_depend where refclassid = 'pg_catalog.${catalog}'::regclass and deptype = 'n')`

/**
 * What relations name besides other relations: types, functions, operators, labels. Only while this is the same is a
 * relation with the same stamp the same.
 */
export const stampBase = (
  version: number,
): string => `select concat_ws(',', 'v2', ${version}, ${ownDatabase}, ${written('pg_enum')},
    ${written('pg_attribute', `where attrelid in (select oid from pg_catalog.pg_class where relkind = 'c')`)},
    (select concat(count(*), ':', count(*) * (select age('3'::xid)) - sum(used.x), ':', sum(hashtext(n.nspname::text))) from (
      select age(xmin) as x, typnamespace as schema from pg_catalog.pg_type where oid in ${usedOf('pg_type')}
      union all select age(xmin), pronamespace from pg_catalog.pg_proc where oid in ${usedOf('pg_proc')}
      union all select age(xmin), oprnamespace from pg_catalog.pg_operator where oid >= 16384
      union all select age(xmin), opcnamespace from pg_catalog.pg_opclass where oid >= 16384
      union all select age(xmin), collnamespace from pg_catalog.pg_collation where oid >= 16384
      union all select age(xmin), cfgnamespace from pg_catalog.pg_ts_config where oid >= 16384
      union all select age(xmin), dictnamespace from pg_catalog.pg_ts_dict where oid >= 16384
    ) used join pg_catalog.pg_namespace n on n.oid = used.schema))`

const sums = 'count(*) as n, sum(age(xmin)) as x'
const namedBy = (catalog: string, object: string, relation: string) => `select ${relation} as rel, d.refobjid as named
  from pg_catalog.${catalog} join pg_catalog.pg_depend d on d.classid = 'pg_catalog.${catalog}'::regclass and d.objid = ${object}
  and d.refclassid = 'pg_catalog.pg_class'::regclass where d.refobjid <> ${relation}`

/** Rows and ages of one kind, as a number that stands still as long as they do. */
const fixed = (rows: string, ages: string) => `${rows} * now.age - ${ages}`

/** Numbers, each null where there is nothing of its kind, as one; cheaper than a text of them. */
const mixed = (numbers: readonly string[]) =>
  numbers.reduce((rest, number) => `hashint8extended(coalesce((${number})::int8, 0), ${rest})`, '0')

/**
 * Of every relation one number that differs once anything that is shown of it does: the rows that describe it, and those
 * of the relations it names — parents, targets of foreign keys, what a view reads, sequences. Nothing is asked twice of
 * ten thousands of relations; columns are found by their index, in the order in which they lie.
 */
export const stampParts = `
  rel as materialized (
    select c.oid, c.relkind, c.relnamespace, c.relname, c.reltuples, c.relpages, c.reltoastrelid,
      age(c.xmin)::int8 + coalesce(a.x, 0) as x, 1 + a.n as n, hashtext(n.nspname::text) as schema
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace cross join lateral (
      select ${sums} from pg_catalog.pg_attribute where attrelid = c.oid and attnum > 0) a
    where c.oid >= 16384 and c.relkind in ('r', 'v', 'm', 'f', 'p', 'S', 'c')),
  con as (select k.conrelid as rel, count(*) as n, sum(age(k.xmin)) as x, sum(f.n) as fn, sum(f.x) as fx, sum(f.schema) as schemas
    from pg_catalog.pg_constraint k left join rel f on f.oid = k.confrelid
    where k.conrelid >= 16384 and k.contype in ('p', 'u', 'f', 'c', 'x') group by 1),
  def as (select adrelid as rel, ${sums} from pg_catalog.pg_attrdef group by 1),
  des as (select objoid as rel, ${sums} from pg_catalog.pg_description
    where classoid = 'pg_catalog.pg_class'::regclass and objoid >= 16384 group by 1),
  rew as (select ev_class as rel, ${sums} from pg_catalog.pg_rewrite where ev_class >= 16384 group by 1),
  idx as (select i.indrelid as rel, 2 * count(*) as n, sum(age(i.xmin)::int8 + age(c.xmin)) as x, sum(c.relpages) as pages
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid >= 16384 group by 1),
  other as (
    select inhrelid as rel, inhparent as named from pg_catalog.pg_inherits
    union ${namedBy('pg_rewrite', 'pg_rewrite.oid', 'ev_class')} and ev_class >= 16384
    union ${namedBy('pg_attrdef', 'pg_attrdef.oid', 'adrelid')}
    union ${namedBy('pg_constraint', 'pg_constraint.oid', 'conrelid')} and contype in ('c', 'x')
    union select i.indrelid, d.refobjid from pg_catalog.pg_index i join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_catalog.pg_class'::regclass
      where (i.indexprs is not null or i.indpred is not null) and d.refobjid <> i.indrelid),
  oth as (select other.rel, sum(rel.n) as n, sum(rel.x) as x, sum(rel.schema) as schemas
    from other join rel on rel.oid = other.named group by 1)`

const parts = ['con', 'def', 'des', 'rew', 'idx', 'oth']

/** What `stampValue` reads besides a row of `rel`. */
export const joinStamp = (oid: string): string => `cross join (select age('3'::xid)::int8 as age) now
    ${parts.map((one) => `left join ${one} on ${one}.rel = ${oid}`).join(' ')}`

export const stampValue = (rel: string): string =>
  `${mixed([
    fixed(`${rel}.n`, `${rel}.x`),
    ...parts.map((one) => fixed(`${one}.n`, `${one}.x`)),
    fixed('con.fn', 'con.fx'),
    'con.schemas',
    'oth.schemas',
  ])}::text`
