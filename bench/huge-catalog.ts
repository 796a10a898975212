import { Client } from 'pg'

/** How many tables there are: four of five in one schema, which is the hard case, and the others in ten. */
export const tables = Number(process.env.BENCH_TABLES ?? 50_000)
export const large = 'warehouse'
export const small = 'orders billing crm support finance hr logistics marketing sales archive'.split(' ')
const database = 'huge_catalog'

/** Tables of twenty columns with a key, an index, a foreign key and comments; some names are such as break searches and patterns. */
export const buildHuge = async (url: URL): Promise<URL> => {
  await within(url, (client) => client.query(`create database ${database}`))
  const target = Object.assign(new URL(url), { pathname: `/${database}` })
  await within(target, async (client) => {
    for (const schema of [large, ...small]) await client.query(`create schema ${schema}`)
    await client.query(maker)
  })
  const [inLarge, inSmall] = [Math.round(tables * 0.8), Math.round(tables * 0.02)]
  // Two sessions: there are two cores, and each schema refers to its own tables only.
  await Promise.all([
    fill(target, large, inLarge),
    (async () => {
      for (const schema of small) await fill(target, schema, inSmall)
    })(),
  ])
  await within(target, (client) =>
    client.query('vacuum analyze pg_class, pg_attribute, pg_constraint, pg_index, pg_description'),
  )
  return target
}

/** Another column in every hundredth table. */
export const alterSome = (target: URL, name: string): Promise<unknown> =>
  within(target, (client) =>
    client.query(`do $$ declare t record; begin
      for t in select schemaname, tablename from (select *, row_number() over (order by schemaname, tablename) as n from pg_tables
        where schemaname not in ('pg_catalog', 'information_schema')) s where n % 100 = 0
      loop execute format('alter table %I.%I add column %I int', t.schemaname, t.tablename, '${name}'); end loop; end $$`),
  )

/** A session remembers every table it made, so each makes only so many. */
const tablesOfSession = 1_000
const tablesOfTransaction = 50

const fill = async (target: URL, schema: string, total: number): Promise<void> => {
  for (let first = 1; first <= total; first += tablesOfSession)
    await within(target, async (client) => {
      const last = Math.min(total, first + tablesOfSession - 1)
      for (let from = first; from <= last; from += tablesOfTransaction)
        await client.query('select make_tables($1, $2, $3)', [
          schema,
          from,
          Math.min(last, from + tablesOfTransaction - 1),
        ])
    })
}

const within = async <T>(url: URL, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

// No column is wide enough for a table beside it (TOAST), which would make twice as many files. Every two-hundredth table has an
// odd name; a third refers to the first of its schema, which so has thousands that refer to it.
const maker = String.raw`create function public.make_tables(target text, first int, last int) returns void language plpgsql as $body$
declare
  subjects text[] := string_to_array('customer invoice payment shipment stock campaign ledger session ticket employee contract parcel price refund', ' ');
  kinds text[] := string_to_array('daily raw history staging summary event detail log', ' ');
  odd text[] := array['100%_sure', 'back\slash', 'Größe', '価格表', 'Dots.and "quotes"', 'ÎLE', 'under_score', '50% off'];
  subject text; kind text; name text; parent text;
begin
  for n in first .. last loop
    subject := subjects[1 + abs(hashint4(n)) % array_length(subjects, 1)];
    kind := kinds[1 + abs(hashint4(n + 7)) % array_length(kinds, 1)];
    name := case when n = 1 then 'hub' when n % 200 = 0 then odd[1 + (n / 200) % 8] || ' ' || n else format('%s_%s_%s', subject, kind, n) end;
    parent := case when n > 1 and n % 3 = 0 then format(' references %I.hub', target) else '' end;
    execute format('create table %I.%I (id bigint primary key, hub_id bigint%s, created_at timestamptz not null, updated_at timestamptz,
      %I varchar(40) not null, status varchar(12) not null default ''new'', amount numeric(12,2), currency char(3), quantity integer not null default 1,
      is_active boolean not null default true, country char(2), city varchar(40), channel varchar(20), source_system varchar(20), batch_id uuid,
      valid_from date, valid_until date, version integer not null default 1, checksum bigint, note_%s varchar(80))',
      target, name, parent, subject || '_code', n);
    execute format('create index on %I.%I (%I, status)', target, name, subject || '_code');
    execute format('comment on table %I.%I is %L', target, name, format('%s of every %s, number %s', initcap(kind), subject, n));
    execute format('comment on column %I.%I.amount is %L', target, name, format('What the %s comes to, without taxes', subject));
  end loop;
end $body$`
