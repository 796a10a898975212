import type { ConnectionVersion, VersionChange } from '#lib/connections/schema'
import classes from './history.module.css'

/** Before and after, field by field; a secret only by its name. */
export const Changes = ({ version, labels }: { version: ConnectionVersion; labels: Record<string, string> }) => {
  const { changes } = version
  if (changes.length === 0) return <p className={classes.none}>The first version that is known.</p>
  return (
    <dl className={classes.changes}>
      {changes.map((change) => (
        <div key={change.field}>
          <dt>{labels[change.field] ?? words[change.field] ?? change.field}</dt>
          <dd>
            <Difference change={change} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

const Difference = ({ change: { before, after, secret } }: { change: VersionChange }) =>
  secret ? (
    <span>changed; a secret is never shown</span>
  ) : (
    <>
      <del>{textOf(before)}</del> <span aria-hidden>→</span> <ins>{textOf(after)}</ins>
    </>
  )

const textOf = (value: VersionChange['before']): string => {
  if (value === null || value === '') return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'nothing' : value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const words: Record<string, string> = {
  name: 'Name',
  conn_id: 'Connection id',
  role: 'Role',
  environment: 'Environment',
  tags: 'Tags',
  description: 'Description',
  credential: 'Credential',
}
