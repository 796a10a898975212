import { Prisma } from '#lib/db/client'
import { type AlertRule, alertDefaults, type Threshold } from './schema.ts'

/**
 * What raises an alert, as data: each rule finds rows of `workspace_id` (null: the installation), `key` (what it is about),
 * `at` (when it came to be so) and `facts`; `{name}` in its sentence stands for one of the facts.
 */
export interface Rule {
  sentence: string
  find: Prisma.Sql
}

/** What time it is for a rule: the statement around it says so. */
const now = Prisma.sql`(select clock.at from clock)`

/** A workspace's own threshold, or the default. */
const limit = (rule: AlertRule, name: Threshold): Prisma.Sql => {
  const defaults: Partial<Record<Threshold, number>> = alertDefaults[rule]
  return Prisma.sql`coalesce((w.alert_rules->${rule}->>${name})::int, ${defaults[name] ?? 0}::int)`
}

const within = (rule: AlertRule): Prisma.Sql =>
  Prisma.sql`e.at > ${now} - make_interval(mins => ${limit(rule, 'minutes')})`

const from = Prisma.sql`from audit_events e left join workspaces w on w.id = e.workspace_id`

/** One event is enough; what it is about is the key. Older ones were seen by earlier rounds. */
const onEvent = (condition: Prisma.Sql): Prisma.Sql => Prisma.sql`
  select e.workspace_id, coalesce(e.target_id, e.event) as key, max(e.at) as at,
         jsonb_build_object('name', coalesce(max(e.target_name), 'an object'), 'actor', max(e.actor_name)) as facts
  ${from} where e.at > ${now} - interval '1 day' and ${condition} group by 1, 2`

/**
 * Reminders of a day that comes: the first one as early as the workspace wants it, then a week and a day before it, and
 * when it is over. Each is about the credential, the day and the step, so a day that is moved starts anew.
 */
const reminders = (
  rule: AlertRule,
  { deadline, before, after }: Record<'deadline' | 'before' | 'after', Prisma.Sql>,
): Prisma.Sql => Prisma.sql`
  select w.id as workspace_id, concat_ws(' ', c.id, d.day, s.days) as key, d.at - make_interval(days => s.days) as at,
         jsonb_build_object('name', c.name, 'state', case when s.days > 0 then ${before} else ${after} end,
           'days', s.days) as facts
  from credentials c
  join credential_versions v on v.credential_id = c.id and v.version = c.version
  join workspaces w on w.id = c.workspace_id or (c.workspace_id is null and w.organization_id = c.organization_id)
  cross join lateral (select ${deadline} as at) deadline
  cross join lateral (
    select deadline.at, to_char(deadline.at at time zone 'UTC', 'YYYY-MM-DD') as day) d
  cross join lateral (
    select min(step) as days from unnest(array[${limit(rule, 'days')}, 7, 1, 0]) step
    where step <= ${limit(rule, 'days')} and d.at <= ${now} + make_interval(days => step)) s
  where c.deleted_at is null and c.status = 'active' and s.days is not null`

const isAdmin = Prisma.sql`('owner', 'admin')`

export const alertRules: Readonly<Record<AlertRule, Rule>> = {
  sign_in_failures: {
    sentence: '{count} sign-ins failed within a short time.',
    find: Prisma.sql`
      select e.workspace_id, 'sign-in' as key, max(e.at) as at, jsonb_build_object('count', count(*)) as facts
      ${from} where e.event = 'session.refused' and ${within('sign_in_failures')}
      group by e.workspace_id, w.alert_rules having count(*) >= ${limit('sign_in_failures', 'count')}`,
  },
  test_failures: {
    sentence: '{count} connection tests were refused at their login within a short time.',
    find: Prisma.sql`
      select t.workspace_id, 'tests' as key, max(t.created_at) as at, jsonb_build_object('count', count(*)) as facts
      from connection_tests t join workspaces w on w.id = t.workspace_id
      where not t.success and t.cause->>'stage' = 'authenticate'
        and t.created_at > ${now} - make_interval(mins => ${limit('test_failures', 'minutes')})
      group by t.workspace_id, w.alert_rules having count(*) >= ${limit('test_failures', 'count')}`,
  },
  decrypt_failure: {
    sentence: 'A stored secret is not what was sealed: it was changed outside Jackfield (seen at {name}).',
    find: onEvent(Prisma.sql`e.event = 'credential.refused'`),
  },
  audit_broken: {
    sentence: 'The audit trail does not verify: it was changed outside Jackfield.',
    find: onEvent(Prisma.sql`e.event = 'audit.broken'`),
  },
  bulk_export: {
    sentence: '{actor} exported much: {count} exports, {events} events.',
    find: Prisma.sql`
      select e.workspace_id, e.actor_id as key, max(e.at) as at, jsonb_build_object(
        'actor', max(e.actor_name), 'count', count(*), 'events', coalesce(sum((e.details->>'events')::int), 0)) as facts
      ${from} where e.event in ('audit.exported', 'credential.reviewed') and ${within('bulk_export')}
      group by e.workspace_id, e.actor_id, w.alert_rules
      having count(*) >= ${limit('bulk_export', 'count')}
        or sum((e.details->>'events')::int) >= ${limit('bulk_export', 'events')}`,
  },
  destination_changed: {
    sentence: '{actor} changed where the secret of {name} may be sent.',
    find: onEvent(Prisma.sql`e.event = 'credential.bound' and e.outcome = 'success'`),
  },
  new_admin: {
    sentence: '{name} became an admin or owner.',
    find: onEvent(Prisma.sql`e.outcome = 'success' and (
      (e.event = 'member.joined' and e.details->>'role' in ${isAdmin})
      or (e.event = 'member.changed' and e.details->>'to' in ${isAdmin}
        and coalesce(e.details->>'from', '') not in ${isAdmin})
      or (e.event = 'member.changed' and e.details->>'to' = 'owner'))`),
  },
  key_age: {
    sentence: 'The encryption key {key} is older than {days} days. Promote a new one.',
    find: Prisma.sql`
      select null::text as workspace_id, k.id as key, coalesce(k.promoted_at, k.added_at) as at,
             jsonb_build_object('key', k.id, 'days', ${alertDefaults.key_age.days}::int) as facts
      from encryption_keys k where k.state = 'primary'
        and coalesce(k.promoted_at, k.added_at) < ${now} - make_interval(days => ${alertDefaults.key_age.days}::int)`,
  },
  sink_disabled: {
    sentence: '{what} not sent to {name} any more: it was switched off or keeps failing.',
    find: Prisma.sql`
      select k.workspace_id, k.id as key, k.created_at as at, jsonb_build_object('name', k.name, 'what', case
        when k.connection_id is null then 'The audit trail is' else 'Changes of a schema are' end) as facts
      from audit_sinks k join workspaces w on w.id = k.workspace_id
      where (not k.enabled and k.revision > 1 and k.connection_id is null) or k.failures >= ${limit('sink_disabled', 'count')}
      union all select d.workspace_id, d.key, d.at, d.facts || '{"what": "The audit trail is"}'
      from (${onEvent(Prisma.sql`e.event = 'audit_sink.deleted'`)}) d`,
  },
  slot_behind: {
    sentence: 'The replication slot {slot} of {name} {state}.',
    find: Prisma.sql`
      select p.workspace_id, p.id as key, coalesce((
          select max(l.at) from replication_lags l
          where l.replication_id = p.id and l.lag_bytes <= ${limit('slot_behind', 'megabytes')}::float8 * 1048576
        ), p.created_at) as at, jsonb_build_object(
        'name', c.name, 'slot', p.slot, 'state', case
          when p.seen->>'wal_status' = 'lost' then 'is lost: the server removed changes it still needed'
          when p.seen->>'exists' = 'false' then 'is not there any more'
          else 'is ' || round(p.lag_bytes / 1048576) || ' MB behind' end) as facts
      from replications p join connections c on c.id = p.connection_id join workspaces w on w.id = p.workspace_id
      where p.slot_made and c.deleted_at is null and (
        p.lag_bytes > ${limit('slot_behind', 'megabytes')}::float8 * 1048576
        or p.seen->>'wal_status' = 'lost' or p.seen->>'exists' = 'false')`,
  },
  credential_expiring: {
    sentence: 'The credential {name} {state}.',
    find: reminders('credential_expiring', {
      deadline: Prisma.sql`c.expires_at`,
      before: Prisma.sql`'expires on ' || d.day`,
      after: Prisma.sql`'has expired on ' || d.day`,
    }),
  },
  rotation_due: {
    sentence: 'The credential {name} {state}.',
    find: reminders('rotation_due', {
      // One that is marked does not wait for its day.
      deadline: Prisma.sql`case when c.rotate_reason is not null then v.created_at
        else v.created_at + make_interval(days => c.rotate_every_days) end`,
      before: Prisma.sql`'has to be replaced by ' || d.day`,
      after: Prisma.sql`coalesce('has to be replaced: ' || c.rotate_reason, 'had to be replaced by ' || d.day)`,
    }),
  },
}
