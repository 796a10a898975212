'use client'
import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import type { DiscoveredRelation, SqlWriting } from '#lib/connectors/contract'
import { RelationTree } from '../data-sources/relation-tree.tsx'
import { qualifiedName, quoted } from '../data-sources/sql-text.ts'
import type { TreeRow } from '../data-sources/tree-model.ts'
import { TreeSearch } from '../data-sources/tree-search.tsx'
import { type ExplorerStart, useExplorer } from '../data-sources/use-explorer.ts'
import { useEditorActions } from './editor-context.ts'
import classes from './queries.module.css'
import { useRelation } from './use-relation.ts'

interface SqlTreeProps {
  start: ExplorerStart
  writing: SqlWriting
}

/** The tables beside the editor: a double click or Enter puts the name of one into the statement. */
export const SqlTree = ({ start, writing }: SqlTreeProps) => {
  const { rows, schemas, search, setRowOpen, loadMore } = useExplorer(start)
  const { insert } = useEditorActions()
  const [selected, setSelected] = useState<string>()
  const [input, tree] = [useRef<HTMLInputElement>(null), useRef<HTMLDivElement>(null)]
  const chosen = relationIn(rows, selected)
  const total = schemas.reduce((sum, { relations }) => sum + relations, 0)
  if (total === 0 && schemas.length > 0) return <NoTables />
  return (
    <div className={classes.treePane}>
      <TreeSearch total={total} q={search.q} onType={search.type} onLeave={() => tree.current?.focus()} input={input} />
      <RelationTree
        rows={rows}
        selected={selected}
        q={search.q.trim()}
        onSelect={setSelected}
        onChoose={(row) => {
          if (row.kind === 'relation') insert(qualifiedName(row.relation, writing.quote))
          if (row.kind === 'object') insert(qualifiedName(row.object, writing.quote))
          if (row.kind === 'column') insert(quoted(row.column.name, writing.quote))
        }}
        onOpen={setRowOpen}
        onMissing={loadMore}
        onLeave={() => input.current?.focus()}
        focus={tree}
      />
      {chosen && selected !== undefined && (
        <Chosen key={selected} source={start.source} tableKey={selected} relation={chosen} writing={writing} />
      )}
    </div>
  )
}

const relationIn = (rows: readonly TreeRow[], key: string | undefined): DiscoveredRelation | undefined => {
  const row = rows.find((one) => one.key === key)
  return row?.kind === 'relation' ? row.relation : undefined
}

interface ChosenProps {
  source: string
  tableKey: string
  relation: DiscoveredRelation
  writing: SqlWriting
}

/** What can be made of the chosen table, and its columns to put into the statement. */
const Chosen = ({ source, tableKey, relation, writing }: ChosenProps) => {
  const { insert, open } = useEditorActions()
  const detail = useRelation(source, tableKey)
  const name = qualifiedName(relation, writing.quote)
  return (
    <section className={classes.chosen} aria-label={relation.name}>
      <header className={classes.chosenHead}>
        <h2>{relation.name}</h2>
        <div className={classes.chosenActions}>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() =>
              open({ name: relation.name.slice(0, 128), sql: `SELECT *\nFROM ${name}\nLIMIT 100;` }, 'run')
            }
          >
            Select first 100
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => insert(name)}>
            Insert name
          </Button>
        </div>
      </header>
      {detail === 'failed' ? (
        <p className={classes.listNote}>Its columns cannot be read.</p>
      ) : (
        <ul className={classes.columns} aria-label={`Columns of ${relation.name}`} aria-busy={detail === undefined}>
          {detail?.columns?.map((column) => (
            <li key={column.name}>
              <button
                type="button"
                title="Put it into the statement"
                onClick={() => insert(quoted(column.name, writing.quote))}
              >
                <span className={classes.columnName}>{column.name}</span>
                <span className={classes.columnType}>{column.type}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const NoTables = () => (
  <div className={classes.listNote}>
    <p>This login sees no tables. Statements can still be run; grant it usage of a schema to see more here.</p>
  </div>
)
