import { Client } from 'pg'

/** A table as applications have them: ten columns of ten kinds, some with what has to be quoted. */
export const fillEvents = async (url: URL, rows: number): Promise<void> => {
  const client = new Client({ connectionString: url.href })
  await client.connect()
  await client.query(`
    drop table if exists events;
    create unlogged table events as select g::bigint as id, (hashint4(g) & 65535)::int as user_id,
      (array['view', 'click', 'order', 'refund'])[1 + (hashint4(g + 1) & 3)] as kind,
      timestamptz '2026-01-01' + make_interval(secs => g) as at, ((hashint4(g + 2) & 1048575) / 100.0)::numeric(12,2) as amount,
      md5(g::text) as token, hashint4(g) > 0 as flag, case when g % 3 = 0 then 'a note with "quotes" and é' end as note,
      random() as score, jsonb_build_object('n', g % 100, 'tags', array['a', 'b']) as payload
    from generate_series(1, ${rows}) g;
    alter table events add primary key (id)`)
  await client.query('vacuum analyze events')
  await client.end()
}
