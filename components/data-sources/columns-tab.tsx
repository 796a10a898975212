'use client'
import { IconKey, IconLink } from '@tabler/icons-react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import classes from './explorer.module.css'
import { foreignKeyOf } from './relation-facts.ts'
import { relationKey } from './tree-model.ts'

type Column = NonNullable<DiscoveredRelation['columns']>[number]
type ForeignKey = NonNullable<DiscoveredRelation['foreign_keys']>[number]

interface ColumnsTabProps {
  relation: DiscoveredRelation
  onSelect: (key: string) => void
}

/** The columns in the order of the table. */
export const ColumnsTab = ({ relation, onSelect }: ColumnsTabProps) => {
  const columns = relation.columns ?? []
  const hasComments = columns.some(({ comment }) => comment)
  if (columns.length === 0) return <p className={classes.none}>No columns that this login can see.</p>
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Type</th>
          <th scope="col">Null</th>
          <th scope="col">Default</th>
          {hasComments && <th scope="col">Comment</th>}
        </tr>
      </thead>
      <tbody>
        {columns.map((column) => (
          <tr key={column.name}>
            <th scope="row">
              <span className={classes.columnName}>
                {column.name}
                <KeyMarks column={column} foreignKey={foreignKeyOf(relation, column)} onSelect={onSelect} />
              </span>
            </th>
            <td className={classes.type}>{column.type}</td>
            <td className={classes.dim}>{column.nullable ? 'null' : <b>not null</b>}</td>
            <td className={classes.default}>{defaultOf(column)}</td>
            {hasComments && <td className={classes.columnComment}>{column.comment}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const KeyMarks = ({
  column,
  foreignKey,
  onSelect,
}: {
  column: Column
  foreignKey: ForeignKey | undefined
  onSelect: (key: string) => void
}) => (
  <>
    {typeof column.primary_key === 'number' && (
      <IconKey size={13} className={classes.primary} role="img" aria-label="primary key" />
    )}
    {foreignKey && (
      <button
        type="button"
        className={classes.reference}
        onClick={() => onSelect(relationKey(foreignKey.references))}
        title={`References ${foreignKey.references.schema}.${foreignKey.references.name}`}
      >
        <IconLink size={12} aria-hidden />
        {foreignKey.references.name}
      </button>
    )}
  </>
)

const defaultOf = (column: Column): string => {
  if (column.generated === 'identity') return 'identity'
  const text = column.default ?? ''
  return column.generated ? `generated: ${text}` : text
}
