'use client'
import { useHotkeys } from '@mantine/hooks'
import { IconTable } from '@tabler/icons-react'
import { Suspense, useRef } from 'react'
import { usePermissions } from '#components/layout/permissions'
import { liftedBy } from '#lib/auth/grant-levels'
import type { SqlWriting } from '#lib/connectors/contract'
import { Detail } from './detail.tsx'
import classes from './explorer.module.css'
import { type ExplorerSource, sourceBase } from './explorer-source.ts'
import { RefreshBar } from './refresh-bar.tsx'
import { RelationTree } from './relation-tree.tsx'
import { DetailSkeleton } from './skeletons.tsx'
import { TreeMenu } from './tree-menu.tsx'
import { TreeSearch } from './tree-search.tsx'
import { TwoPanes } from './two-panes.tsx'
import { type ExplorerStart, useExplorer } from './use-explorer.ts'
import { useRefresh } from './use-refresh.ts'

const treeWidth = { key: 'jackfield.explorer.tree', default: 340, min: 220, max: 640 } as const

interface ExplorerProps extends ExplorerStart {
  /** The connection, and what its connector and this person's grant on it allow. */
  about: { name: string; writing: SqlWriting; takesQueries: boolean; granted: string | null }
}

/** Schemas and tables at the left, the one that was chosen at the right. */
export const Explorer = ({ about, ...start }: ExplorerProps) => {
  const { rows, schemas, search, details, setRowOpen, loadMore, reload } = useExplorer(start)
  const refresh = useRefresh(sourceBase(start.source), reload)
  const input = useRef<HTMLInputElement>(null)
  const tree = useRef<HTMLDivElement>(null)
  useHotkeys([['/', () => input.current?.focus()]])
  const { name, writing, granted, takesQueries } = about
  const permissions = [...usePermissions(), ...liftedBy('connection', granted)]
  const may = permissions.includes('data-sources:query') ? 'allowed' : 'denied'
  const source: ExplorerSource = { id: start.source, name, writing, queries: takesQueries ? may : 'none' }
  const total = schemas.reduce((sum, { relations }) => sum + relations, 0)
  return (
    <TwoPanes
      size={treeWidth}
      isRightShown={details.key !== undefined}
      left={
        <div className={classes.left}>
          <TreeSearch
            total={total}
            q={search.q}
            onType={search.type}
            onLeave={() => tree.current?.focus()}
            input={input}
          />
          <RelationTree
            rows={rows}
            selected={details.key}
            q={search.q.trim()}
            onSelect={details.select}
            onOpen={setRowOpen}
            onMissing={loadMore}
            onLeave={() => input.current?.focus()}
            focus={tree}
            menu={(place, close) => (
              <TreeMenu
                place={place}
                source={source}
                load={details.load}
                loadObject={details.loadObject}
                onRefresh={(scope) => void refresh.start(scope)}
                onClose={close}
              />
            )}
          />
          <RefreshBar {...refresh} />
        </div>
      }
    >
      {details.answer === undefined ? (
        <div className={classes.nothing}>
          <IconTable size={28} stroke={1.3} aria-hidden />
          <p>Choose a table to see its columns, keys and indexes.</p>
        </div>
      ) : (
        <Suspense key={details.key} fallback={<DetailSkeleton />}>
          <Detail
            answer={details.answer}
            source={source}
            onRefresh={(scope) => void refresh.start(scope)}
            tab={details.tab}
            onTab={details.showTab}
            onSelect={details.select}
            onClose={details.close}
            onLeave={() => tree.current?.focus()}
          />
        </Suspense>
      )}
    </TwoPanes>
  )
}
