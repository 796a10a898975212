import type { AuditEventView } from '#lib/audit/schema'
import { exactTime } from '#lib/format/time'
import classes from './audit.module.css'

/** Everything that one event says. */
export const EventDetails = ({ event }: { event: AuditEventView }) => {
  const { changed, before, after, ...others } = event.details ?? {}
  return (
    <div className={classes.details}>
      {(before !== undefined || after !== undefined || changed !== undefined) && (
        <Changes changed={namesOf(changed)} before={fieldsOf(before)} after={fieldsOf(after)} />
      )}
      <dl className={classes.facts}>
        {[...factsOf(event), ...Object.entries(others)].map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
    </div>
  )
}

const Fact = ({ name, value }: { name: string; value: unknown }) => (
  <>
    <dt>{name.replaceAll('_', ' ')}</dt>
    <dd>{textOf(value)}</dd>
  </>
)

interface ChangesProps {
  changed: string[]
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** Field by field; of a secret only that it changed. */
const Changes = ({ changed, before, after }: ChangesProps) => {
  const fields = [...new Set([...changed, ...Object.keys(before), ...Object.keys(after)])]
  return (
    <table className={classes.changes}>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => (
          <tr key={field}>
            <td>{field}</td>
            <td>{field in before ? textOf(before[field]) : '—'}</td>
            <td>{field in after ? textOf(after[field]) : 'changed'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const factsOf = ({ at, event, actor, target, ip, user_agent, request_id, id, seq }: AuditEventView) => {
  const facts: [string, unknown][] = [
    ['at', exactTime(at, 'UTC')],
    ['event', event],
    ['actor', `${actor.name} (${actor.id})`],
    ['object', target && [target.type, target.name, target.id].filter(Boolean).join(' · ')],
    ['address', ip],
    ['program', user_agent],
    ['request', request_id],
    ['event id', id],
    ['place in the chain', seq === null ? 'not sealed yet' : seq],
  ]
  return facts.filter(([, value]) => value !== null)
}

const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

const textOf = (value: unknown): string => {
  if (value === null || value === '') return '—'
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) return value.join(', ') || '—'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
