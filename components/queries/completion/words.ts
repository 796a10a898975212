import type { SqlDialect } from '#lib/connectors/contract'

const list = (text: string): string[] => text.trim().split(/\s+/)

export const keywords = list(`
  select from where and or not in is null like between exists case when then else end as distinct on join inner left right full
  cross outer using group order by having limit offset union all intersect except with recursive values insert into update set
  delete returning create table view index alter drop explain asc desc over partition window filter true false cast interval lateral
`)

const common = list(`count sum avg min max coalesce nullif lower upper length trim replace abs round row_number rank
  dense_rank lag lead`)

const own: Record<SqlDialect, string[]> = {
  postgres: list(`
    now date_trunc extract age to_char to_date to_timestamp generate_series array_agg string_agg json_agg jsonb_agg
    jsonb_build_object jsonb_array_elements jsonb_each unnest split_part regexp_replace substring greatest least
    percentile_cont bool_and bool_or random md5
  `),
  mysql: list(`
    now date_format str_to_date datediff timestampdiff date_add date_sub concat concat_ws group_concat ifnull if json_extract
    json_object json_arrayagg substring substring_index greatest least curdate unix_timestamp from_unixtime
  `),
  sqlite: list(`
    date time datetime strftime julianday group_concat total ifnull iif instr substr printf json_extract json_each
    json_group_array typeof hex random unixepoch
  `),
}

export const functionsOf = (dialect: SqlDialect): string[] => [...common, ...own[dialect]]
