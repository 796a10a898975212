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
): string => `select concat_ws(',', 'v1', ${version}, ${ownDatabase}, ${written('pg_enum')},
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
const namedBy = (catalog: string, object: string, relation: string) => `select ${relation}, d.refobjid
  from pg_catalog.${catalog} join pg_catalog.pg_depend d on d.classid = 'pg_catalog.${catalog}'::regclass and d.objid = ${object}
  and d.refclassid = 'pg_catalog.pg_class'::regclass where d.refobjid <> ${relation}`

/**
 * Of every relation one text that differs once anything that is shown of it does: the rows that describe it, and those
 * of the relations it names — parents, targets of foreign keys, what a view reads, sequences.
 */
export const stamps = (relations: string): string => `
  att as (select attrelid as rel, ${sums} from pg_catalog.pg_attribute where attnum > 0 and attrelid >= 16384 group by 1),
  con as (select conrelid as rel, ${sums} from pg_catalog.pg_constraint
    where conrelid >= 16384 and contype in ('p', 'u', 'f', 'c', 'x') group by 1),
  def as (select adrelid as rel, ${sums} from pg_catalog.pg_attrdef group by 1),
  des as (select objoid as rel, ${sums} from pg_catalog.pg_description
    where classoid = 'pg_catalog.pg_class'::regclass and objoid >= 16384 group by 1),
  rew as (select ev_class as rel, ${sums} from pg_catalog.pg_rewrite where ev_class >= 16384 group by 1),
  idx as (select i.indrelid as rel, count(*) as n, sum(age(i.xmin)) as x, sum(age(c.xmin)) as y, sum(c.relpages) as pages
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid where i.indrelid >= 16384 group by 1),
  other as (
    select conrelid as rel, confrelid as named from pg_catalog.pg_constraint where contype = 'f'
    union select inhrelid, inhparent from pg_catalog.pg_inherits
    union ${namedBy('pg_rewrite', 'pg_rewrite.oid', 'ev_class')} and ev_class >= 16384
    union ${namedBy('pg_attrdef', 'pg_attrdef.oid', 'adrelid')}
    union ${namedBy('pg_constraint', 'pg_constraint.oid', 'conrelid')} and contype in ('c', 'x')
    union select i.indrelid, d.refobjid from pg_catalog.pg_index i join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_catalog.pg_class'::regclass
      where (i.indexprs is not null or i.indpred is not null) and d.refobjid <> i.indrelid),
  oth as (select other.rel, sum(1 + coalesce(att.n, 0)) as n, sum(age(c.xmin) + coalesce(att.x, 0)) as x,
      sum(hashtext(n.nspname::text)) as names
    from other join pg_catalog.pg_class c on c.oid = other.named join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join att on att.rel = other.named group by 1),
  stamp as (select c.oid as rel, idx.pages, md5(concat(now.age - age(c.xmin)::int8, ',',
      ${['att', 'con', 'def', 'des', 'rew', 'idx', 'oth'].map((one) => `${one}.n, ':', ${one}.n * now.age - ${one}.x`).join(", ',', ")},
      ',', idx.n * now.age - idx.y, ',', oth.names)) as value
    from (select age('3'::xid)::int8 as age) now cross join pg_catalog.pg_class c
    ${['att', 'con', 'def', 'des', 'rew', 'idx', 'oth'].map((one) => `left join ${one} on ${one}.rel = c.oid`).join(' ')}
    where ${relations})`
