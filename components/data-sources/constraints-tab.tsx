import type { DiscoveredRelation } from '#lib/connectors/contract'
import classes from './explorer.module.css'

const labels = { primary_key: 'Primary key', unique: 'Unique', check: 'Check', exclusion: 'Exclusion' } as const

/** What keeps the rows right. */
export const ConstraintsTab = ({ relation }: { relation: DiscoveredRelation }) => {
  const constraints = relation.constraints ?? []
  if (constraints.length === 0) return <p className={classes.none}>No constraints.</p>
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Constraint</th>
          <th scope="col">Kind</th>
          <th scope="col">Definition</th>
        </tr>
      </thead>
      <tbody>
        {constraints.map(({ name, kind, definition }) => (
          <tr key={`${kind}.${name}`}>
            <th scope="row">
              <bdi className={classes.columnName}>{name}</bdi>
            </th>
            <td>
              <span className={classes.badge} data-kind={kind}>
                {labels[kind]}
              </span>
            </td>
            <td className={classes.default}>{definition}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
