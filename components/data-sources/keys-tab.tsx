'use client'
import { IconArrowNarrowRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import classes from './explorer.module.css'
import { relationKey } from './tree-model.ts'

interface KeysTabProps {
  relation: DiscoveredRelation
  onSelect: (key: string) => void
}

const constraintLabels = {
  primary_key: 'Primary key',
  unique: 'Unique',
  check: 'Check',
  exclusion: 'Exclusion',
} as const

/** What keeps the rows right, and which tables they lead to and come from. */
export const KeysTab = ({ relation, onSelect }: KeysTabProps) => {
  const { constraints = [], foreign_keys = [], referenced_by = [] } = relation
  if (constraints.length + foreign_keys.length + referenced_by.length === 0) {
    return <p className={classes.none}>No keys, no checks, and nothing refers to it.</p>
  }
  return (
    <div className={classes.keys}>
      <KeyGroup title="References" isShown={foreign_keys.length > 0}>
        {foreign_keys.map(({ name, columns, references }) => (
          <li key={name} title={name}>
            <code>{columns.join(', ')}</code>
            <IconArrowNarrowRight size={15} aria-label="references" role="img" />
            <RelationLink {...references} onSelect={onSelect} />
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
      </KeyGroup>
      <KeyGroup title="Constraints" isShown={constraints.length > 0}>
        {constraints.map(({ name, kind, definition }) => (
          <li key={name} title={name}>
            <span className={classes.badge} data-kind={kind}>
              {constraintLabels[kind]}
            </span>
            <code>{definition}</code>
          </li>
        ))}
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
