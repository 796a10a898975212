import type { Client } from 'pg'
import type { ReplicateLine } from '../../contract.ts'

type SlotLine = Extract<ReplicateLine, { type: 'slot' }>

// On a standby there is no current position to write at, only one to replay at.
const slotsSql = (hasLimits: boolean) => `
  with here as (
    select case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_wal_replay_lsn()
      else pg_catalog.pg_current_wal_lsn() end as lsn
  )
  select w.name, s.slot_name is not null as exists, coalesce(s.active, false) as active, s.plugin::text,
    pg_catalog.pg_wal_lsn_diff(here.lsn, s.confirmed_flush_lsn)::float8 as lag_bytes,
    pg_catalog.pg_wal_lsn_diff(here.lsn, s.restart_lsn)::float8 as retained_bytes,
    ${hasLimits ? 's.safe_wal_size::float8' : 'null::float8'} as safe_bytes,
    ${hasLimits ? 's.wal_status::text' : 'null::text'} as wal_status
  from unnest($1::text[]) as w(name) cross join here
  left join pg_catalog.pg_replication_slots s on s.slot_name = w.name`

/** How far each slot is behind, and what the server keeps because of it. */
export const readSlots = async (client: Client, slots: readonly string[]): Promise<SlotLine[]> => {
  const { rows } = await client.query<{ version: number }>(
    "select current_setting('server_version_num')::int as version",
  )
  const hasLimits = (rows[0]?.version ?? 0) >= 130_000
  const found = await client.query<Omit<SlotLine, 'type'>>(slotsSql(hasLimits), [slots])
  return found.rows.map((slot) => ({ type: 'slot', ...slot }))
}
