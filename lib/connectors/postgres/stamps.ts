/**
 * How many rows there are, and the sum of the transactions that wrote them. `age` is the cheapest way to a number from
 * `xmin`; counted from the same point it stands still. Rows as old as the database have no age.
 */
const written = (catalog: string, where = '') =>
  `(select count(*) || ':' || (count(x) * (select age('3'::xid)) - coalesce(sum(x), 0)) from (
    select nullif(age(xmin), 2147483647) as x from pg_catalog.${catalog} ${where}) one)`

const ofUser = ['pg_operator', 'pg_opclass', 'pg_collation', 'pg_ts_config', 'pg_ts_dict', 'pg_language']

/**
 * Two texts, one of which differs once anything of the structure does. What only counts rows and pages is written in
 * place and leaves them as they are. The first is cheap and differs by nearly everything that is done to relations.
 */
export const fingerprints = (version: number): [string, string] => {
  const catalogs = [
    written('pg_attribute', 'where attnum > 0'),
    ...['pg_attrdef', 'pg_constraint', 'pg_index', 'pg_inherits', 'pg_description', 'pg_namespace'].map((one) =>
      written(one),
    ),
    ...['pg_proc', 'pg_type', 'pg_enum', 'pg_extension', 'pg_rewrite', 'pg_auth_members'].map((one) => written(one)),
    ...ofUser.map((one) => written(one, 'where oid >= 16384')),
    written('pg_depend', `where refclassid = 'pg_catalog.pg_extension'::regclass and deptype = 'e'`),
    `(select count(*) || ':' || sum(hashtext(rolname::text)) from pg_catalog.pg_roles)`,
  ]
  return [
    `select concat_ws(',', 'v3', ${version}, ${ownDatabase}, ${written('pg_class')})`,
    `select concat_ws(',', ${catalogs.join(', ')})`,
  ]
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
): string => `select concat_ws(',', 'v3', ${version}, ${ownDatabase}, ${written('pg_enum')},
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

/** The columns of a relation: found by their index, in the order in which they lie. */
const columnsOf = (oid: string) =>
  `select ${sums} from pg_catalog.pg_attribute where attrelid = ${oid} and attnum > 0 and not attisdropped`

/** A foreign key shows of its target names alone: what else becomes of that is nothing to it. */
const namesOfTarget = `hashnameextended(f.relname, k.oid::int8) # hashnameextended(fn.nspname, -k.oid::int8)
  # case when k.confkey[2] is null then (select hashnameextended(a.attname, k.oid::int8 * 2048)
      from pg_catalog.pg_attribute a where a.attrelid = k.confrelid and a.attnum = k.confkey[1])
    else (select bit_xor(hashnameextended(a.attname, k.oid::int8 * 2048 + a.attnum)) from unnest(k.confkey) u(number)
      join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.number) end`

/** Where `k` is a constraint, its target `f` and the schema of that `fn`. */
export const constraintSums = `count(*) as n, sum(age(k.xmin)) as x, bit_xor(case when k.contype = 'f' then ${namesOfTarget} end) as targets`
export const indexSums = '2 * count(*) as n, sum(age(i.xmin)::int8 + age(ic.xmin)) as x'
export const rowSums = sums

/** What few relations have: defaults, rules, and other relations that they name — parents, what a view reads, sequences. */
export const seldomSums = `
  def as (select adrelid as rel, ${sums} from pg_catalog.pg_attrdef group by 1),
  rew as (select ev_class as rel, ${sums} from pg_catalog.pg_rewrite where ev_class >= 16384 group by 1),
  other as (
    select inhrelid as rel, inhparent as named from pg_catalog.pg_inherits
    union ${namedBy('pg_rewrite', 'pg_rewrite.oid', 'ev_class')} and ev_class >= 16384
    union ${namedBy('pg_attrdef', 'pg_attrdef.oid', 'adrelid')}
    union ${namedBy('pg_constraint', 'pg_constraint.oid', 'conrelid')} and contype in ('c', 'x')
    union select i.indrelid, d.refobjid from pg_catalog.pg_index i join pg_catalog.pg_depend d
      on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indexrelid and d.refclassid = 'pg_catalog.pg_class'::regclass
      where (i.indexprs is not null or i.indpred is not null) and d.refobjid <> i.indrelid),
  oth as (select other.rel, sum(1 + a.n) as n, sum(age(c.xmin)::int8 + coalesce(a.x, 0)) as x, sum(hashtext(n.nspname::text)) as schemas
    from other join pg_catalog.pg_class c on c.oid = other.named join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join lateral (${columnsOf('c.oid')}) a group by 1)`

/** The same of what nearly all have; of a relation itself where the whole of it is read. */
const oftenSums = `
  con as (select k.conrelid as rel, ${constraintSums}
    from pg_catalog.pg_constraint k left join pg_catalog.pg_class f on k.contype = 'f' and f.oid = k.confrelid
    left join pg_catalog.pg_namespace fn on fn.oid = f.relnamespace
    where k.conrelid >= 16384 and k.contype in ('p', 'u', 'f', 'c', 'x') group by 1),
  des as (select objoid as rel, ${sums} from pg_catalog.pg_description
    where classoid = 'pg_catalog.pg_class'::regclass and objoid >= 16384 group by 1),
  idx as (select i.indrelid as rel, ${indexSums}, sum(ic.relpages) as pages
    from pg_catalog.pg_index i join pg_catalog.pg_class ic on ic.oid = i.indexrelid where i.indrelid >= 16384 group by 1)`

const joined = (parts: readonly string[]) => parts.map((one) => `left join ${one} on ${one}.rel = c.oid`).join(' ')

/** Beside `c`, a row of the relation. */
export const joinSeldom = `cross join (select age('3'::xid)::int8 as age) now ${joined(['def', 'rew', 'oth'])}`

export const stampParts = `${seldomSums}, ${oftenSums}`
export const joinStamps = `${joinSeldom} ${joined(['con', 'des', 'idx'])} cross join lateral (${columnsOf('c.oid')}) col`

/** Rows and ages of one kind, as a number that stands still as long as they do. */
const fixed = (part: string) => `${part}.n * now.age - ${part}.x`

/** Numbers, each null where there is nothing of its kind, as one; cheaper than a text of them. */
const mixed = (numbers: readonly string[]) =>
  numbers.reduce((rest, number) => `hashint8extended(coalesce((${number})::int8, 0), ${rest})`, '0')

/**
 * Of a relation one text that differs once anything that is shown of it does: the rows that describe it, and names or
 * rows of the relations that it names. The same by either way to the sums; `written` is the age of its own row.
 */
export const stampOf = (written: string): string =>
  `${mixed([
    `now.age - ${written}`,
    ...['col', 'con', 'des', 'idx', 'def', 'rew', 'oth'].map(fixed),
    'con.targets',
    'oth.schemas',
  ])}::text`
