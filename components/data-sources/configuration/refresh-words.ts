import type { RefreshView } from '#lib/data-sources/schema'
import { formatNumber, plural } from '#lib/format/number'
import { formatDuration } from '#lib/format/time'

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
  ].flatMap(([count, word]) => (Number(count) > 0 ? [[Number(count), word] as const] : []))
  if (changes.length === 0) return `${tables(relations)}, nothing changed.`
  // Routines, types and extensions are among them: not all that changed are tables.
  const words = changes.map(([count, word], at) =>
    at === 0 ? `${plural(count, 'object')} ${word}` : `${formatNumber(count)} ${word}`,
  )
  return `${tables(relations)} read. ${words.join(', ')}.`
}

const tables = (relations: number): string => plural(relations, 'table or view', 'tables and views')

export const scopeOf = ({ schema, table }: RefreshView): string => {
  if (schema === null) return ''
  return table === null ? `Only the schema ${schema}` : `Only ${schema}.${table}`
}

/** How long it took, or takes until now. */
export const durationOf = ({ started_at, ended_at }: RefreshView, now = Date.now()): string => {
  if (started_at === null) return '—'
  return formatDuration(Math.max(0, (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at)))
}
