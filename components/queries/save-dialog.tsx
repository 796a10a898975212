'use client'
import { Checkbox, Switch, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { QuestionDialog } from '#components/layout/question-dialog'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError } from '#lib/client/problem'
import type { EditorTab } from '#lib/data-sources/tabs'
import type { SavedQuery } from '#lib/saved-queries/schema'
import { useSavedQuery } from './use-saved.ts'

interface SaveDialogProps {
  source: { id: string; name: string }
  tab: EditorTab
  onSaved: (saved: SavedQuery) => void
  onClose: () => void
}

/** Keeps the statement under a name; of one that was opened from there, the new text. */
export const SaveDialog = ({ source, tab, onSaved, onClose }: SaveDialogProps) => {
  const known = useSavedQuery(tab.saved_query)
  if (known === 'loading') return null
  return (
    <SaveForm
      source={source}
      tab={tab}
      known={known?.editable ? known : undefined}
      onSaved={onSaved}
      onClose={onClose}
    />
  )
}

const SaveForm = ({ source, tab, known, onSaved, onClose }: SaveDialogProps & { known: SavedQuery | undefined }) => {
  const [name, setName] = useState(known?.name ?? (/^Query \d+$/.test(tab.name) ? '' : tab.name))
  const [description, setDescription] = useState(known?.description ?? '')
  const [isShared, setShared] = useState(known?.shared ?? false)
  const [isBound, setBound] = useState(known === undefined || known.connection !== null)
  const [isNew, setNew] = useState(known === undefined)
  const [secret, setSecret] = useState<string>()
  const [isAllowed, setAllowed] = useState(false)
  const save = async () => {
    const fields = { name, description, sql: tab.sql, shared: isShared, connection: isBound ? source.id : null }
    const body = { ...fields, ...(isAllowed && { allow_secrets: true }) }
    try {
      const { data } =
        known && !isNew
          ? await callApi<SavedQuery>(`/api/saved-queries/${known.id}`, {
              method: 'PATCH',
              body,
              ifMatch: etagOf(known),
            })
          : await callApi<SavedQuery>('/api/saved-queries', { method: 'POST', body })
      onSaved(data)
    } catch (error) {
      const found = error instanceof ApiError ? error.fields.get('/sql') : undefined
      if (found === undefined) throw error
      setSecret(found)
      throw new Error('Nothing was saved yet.')
    }
  }
  return (
    <QuestionDialog
      title={isNew ? 'Save the query' : `Save “${known?.name}”`}
      action={isNew ? 'Save query' : 'Save changes'}
      isReady={name.trim() !== '' && (secret === undefined || isAllowed)}
      onConfirm={save}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        data-autofocus
        required
        maxLength={128}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={6}
        maxLength={4_000}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {known && (
        <Checkbox
          label="Leave the saved one as it is and save this as another"
          checked={isNew}
          onChange={(event) => setNew(event.currentTarget.checked)}
        />
      )}
      <Checkbox
        label={`Only for ${source.name}`}
        checked={isBound}
        onChange={(event) => setBound(event.currentTarget.checked)}
      />
      <Switch
        label="Share with everybody in the workspace who may query"
        checked={isShared}
        onChange={(event) => setShared(event.currentTarget.checked)}
      />
      {secret !== undefined && (
        <>
          <FormError>{secret}</FormError>
          <Checkbox
            label="Save it as it is; whoever sees the query may read it"
            checked={isAllowed}
            onChange={(event) => setAllowed(event.currentTarget.checked)}
          />
        </>
      )}
    </QuestionDialog>
  )
}
