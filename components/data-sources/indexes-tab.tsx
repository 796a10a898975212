import type { DiscoveredRelation } from '#lib/connectors/contract'
import { formatBytes } from '#lib/format/number'
import classes from './explorer.module.css'

/** What makes reading it fast, and what that costs. */
export const IndexesTab = ({ relation }: { relation: DiscoveredRelation }) => {
  const indexes = relation.indexes ?? []
  if (indexes.length === 0) return <p className={classes.none}>No indexes.</p>
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Index</th>
          <th scope="col">Columns</th>
          <th scope="col">Method</th>
          <th scope="col" className={classes.number}>
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {indexes.map((index) => (
          <tr key={index.name} title={index.definition}>
            <th scope="row">
              <span className={classes.columnName}>
                {index.name}
                {index.primary ? (
                  <span className={classes.badge} data-kind="primary_key">
                    Primary
                  </span>
                ) : (
                  index.unique && <span className={classes.badge}>Unique</span>
                )}
              </span>
            </th>
            <td className={classes.type}>{index.columns.join(', ')}</td>
            <td className={classes.dim}>{index.method}</td>
            <td className={classes.number}>{index.size_bytes === null ? '' : formatBytes(index.size_bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
