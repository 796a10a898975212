import type { RefreshView } from '#lib/data-sources/schema'
import { formatNumber, plural } from '#lib/format/number'

export const statusWords: Record<RefreshView['status'], string> = {
  queued: 'Waiting',
  running: 'Running',
  done: 'Done',
  partial: 'In part',
  failed: 'Failed',
  cancelled: 'Stopped',
}

export const triggerWords: Record<RefreshView['trigger'], string> = {
  manual: 'By hand',
  api: 'Through the API',
  schedule: 'By the schedule',
  first: 'At the first look',
}

/** What it found, or how far it is. */
export const foundBy = (refresh: RefreshView): string => {
  const { status, schemas_done: done, schemas_total: total, relations, added, changed, removed, unchanged } = refresh
  if (status === 'queued') return 'Begins in a moment.'
  if (status === 'running')
    return `${total === null ? 'Reading' : `${formatNumber(done)} of ${plural(total, 'schema')}`}, ${tables(relations)} so far`
  if (unchanged) return 'Nothing had changed.'
  const changes = [
    [added, 'new'],
    [changed, 'changed'],
    [removed, 'gone'],
  ].flatMap(([count, word]) => (Number(count) > 0 ? [`${formatNumber(Number(count))} ${word}`] : []))
  if (changes.length === 0) return `${tables(relations)}, nothing changed.`
  // Routines, types and extensions count among what changed, but are not tables.
  return `${tables(relations)} read. Of everything in it: ${changes.join(', ')}.`
}

const tables = (relations: number): string => plural(relations, 'table or view', 'tables and views')

export const scopeOf = ({ schema, table }: RefreshView): string => {
  if (schema === null) return ''
  return table === null ? `Only the schema ${schema}` : `Only ${schema}.${table}`
}

/** How long it took, or takes until now. */
export const durationOf = ({ started_at, ended_at }: RefreshView, now = Date.now()): string => {
  if (started_at === null) return '—'
  const ms = (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at)
  return ms < 1_000 ? `${Math.max(0, ms)} ms` : `${formatNumber(Math.round(ms / 100) / 10)} s`
}
