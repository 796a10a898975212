'use client'
import { IconArrowNarrowRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { plural } from '#lib/format/number'
import classes from './explorer.module.css'
import { RelationsPicture } from './relations-picture.tsx'
import { relationKey } from './tree-model.ts'

interface KeysTabProps {
  relation: DiscoveredRelation
  onSelect: (key: string) => void
}

/** Which tables the rows lead to, and which lead here. */
export const KeysTab = ({ relation, onSelect }: KeysTabProps) => {
  const { foreign_keys = [], referenced_by = [], referenced_by_more = 0 } = relation
  if (foreign_keys.length + referenced_by.length === 0) {
    return <p className={classes.none}>It refers to no other table, and none refers to it.</p>
  }
  return (
    <div className={classes.keys}>
      <RelationsPicture relation={relation} onSelect={onSelect} />
      <KeyGroup title="References" isShown={foreign_keys.length > 0}>
        {foreign_keys.map(({ name, columns, references, rules }) => (
          <li key={name} title={name}>
            <code>{columns.join(', ')}</code>
            <IconArrowNarrowRight size={15} aria-label="references" role="img" />
            <RelationLink {...references} onSelect={onSelect} />
            {rules && <span className={classes.badge}>{rules}</span>}
          </li>
        ))}
      </KeyGroup>
      <KeyGroup title="Referenced by" isShown={referenced_by.length > 0}>
        {referenced_by.map(({ name, columns, from }) => (
          <li key={`${from.schema}.${from.name}.${name}`} title={name}>
            <RelationLink {...from} onSelect={onSelect} />
            <IconArrowNarrowRight size={15} aria-label="references" role="img" />
            <code>{columns.join(', ')}</code>
          </li>
        ))}
        {referenced_by_more > 0 && <li>and {plural(referenced_by_more, 'more table')}</li>}
      </KeyGroup>
    </div>
  )
}

const KeyGroup = ({ title, isShown, children }: { title: string; isShown: boolean; children: ReactNode }) =>
  isShown && (
    <section>
      <h3 className={classes.keysTitle}>{title}</h3>
      <ul className={classes.keyList}>{children}</ul>
    </section>
  )

interface RelationLinkProps {
  schema: string
  name: string
  columns: string[]
  onSelect: (key: string) => void
}

const RelationLink = ({ schema, name, columns, onSelect }: RelationLinkProps) => (
  <button type="button" className={classes.relationLink} onClick={() => onSelect(relationKey({ schema, name }))}>
    <code>
      {schema}.{name} ({columns.join(', ')})
    </code>
  </button>
)
