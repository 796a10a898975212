'use client'
import { ActionIcon } from '@mantine/core'
import { IconTrash, IconUsers } from '@tabler/icons-react'
import { useState } from 'react'
import { QuestionDialog } from '#components/layout/question-dialog'
import { RelativeTime } from '#components/layout/relative-time'
import { hideToast, showToast } from '#components/layout/toast'
import { UndoButton } from '#components/layout/undo-button'
import { callApi, etagOf } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { SavedQuery } from '#lib/saved-queries/schema'
import { useEditorActions } from './editor-context.ts'
import { ListEntry, ListPane } from './list-pane.tsx'
import classes from './queries.module.css'
import { usePages } from './use-pages.ts'

/** Statements kept under a name for this source or for any; a click opens one in a tab. */
export const SavedList = ({ source, onDone }: { source: string; onDone: () => void }) => {
  const { open, savedAt } = useEditorActions()
  const [changes, setChanges] = useState(0)
  const [removed, setRemoved] = useState<SavedQuery>()
  const pages = usePages<SavedQuery>('/api/saved-queries', { connection: source }, savedAt + changes)
  const remove = async (query: SavedQuery) => {
    await callApi(`/api/saved-queries/${query.id}`, { method: 'DELETE', ifMatch: etagOf(query) })
    setRemoved(undefined)
    setChanges((times) => times + 1)
    offerUndo(query, () => setChanges((times) => times + 1))
  }
  return (
    <>
      <ListPane
        label="Saved queries"
        pages={pages}
        isEmpty={pages.items.length === 0}
        nothing="Nothing saved yet. “Save” above the editor keeps a statement here."
      >
        {pages.items.map((query) => (
          <ListEntry
            key={query.id}
            onOpen={() => open({ name: query.name, sql: query.sql, saved_query: query.id })}
            onDone={onDone}
            action={query.editable && <DeleteButton name={query.name} onClick={() => setRemoved(query)} />}
          >
            <span className={classes.listName}>
              {query.name}
              {query.shared && (
                <span className={classes.shared} title="Shared in the workspace">
                  <IconUsers size={12} role="img" aria-label="Shared in the workspace" />
                </span>
              )}
            </span>
            {query.description && <span className={classes.listText}>{query.description}</span>}
            <code className={classes.listCode}>{query.sql.slice(0, 200)}</code>
            <span className={classes.listFacts}>
              <RelativeTime at={query.updated_at} />
              {!query.mine && <span>somebody else’s</span>}
              {query.connection === null && <span>any source</span>}
            </span>
          </ListEntry>
        ))}
      </ListPane>
      {removed && (
        <QuestionDialog
          title={`Delete “${removed.name}”?`}
          action="Delete query"
          isDangerous
          onConfirm={() => remove(removed)}
          onClose={() => setRemoved(undefined)}
        >
          <p>{removed.shared ? 'It is shared: it goes for everybody in the workspace.' : 'Nobody but you sees it.'}</p>
        </QuestionDialog>
      )}
    </>
  )
}

const offerUndo = ({ id: query, name }: SavedQuery, onBack: () => void): void => {
  const id = `deleted:${query}`
  const undo = async () => {
    try {
      await callApi(`/api/saved-queries/${query}/restore`, { method: 'POST', body: {} })
      onBack()
      await hideToast(id)
    } catch (error) {
      await showToast({ id, title: `${name} was not brought back`, message: sentenceOf(error), color: 'red' })
    }
  }
  void showToast({
    id,
    title: `${name} deleted`,
    message: <UndoButton onClick={() => void undo()} />,
    autoClose: 10_000,
  })
}

const DeleteButton = ({ name, onClick }: { name: string; onClick: () => void }) => (
  <ActionIcon
    className={classes.listAction ?? ''}
    variant="subtle"
    color="gray"
    size={24}
    aria-label={`Delete ${name}`}
    onClick={onClick}
  >
    <IconTrash size={14} aria-hidden />
  </ActionIcon>
)
