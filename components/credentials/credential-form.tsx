'use client'
import { Button } from '@mantine/core'
import { useHotkeys, useMounted } from '@mantine/hooks'
import { IconAlertCircle } from '@tabler/icons-react'
import { FormSection } from '#components/connections/form-section'
import { LeaveQuestion } from '#components/connections/leave-question'
import { SavedElsewhere } from '#components/connections/saved-elsewhere'
import { ButtonLink } from '#components/layout/button-link'
import { showToast } from '#components/layout/toast'
import type { CredentialView } from '#lib/credentials/schema'
import form from '../connections/connection-form.module.css'
import { bringIntoView } from '../connections/field-focus.ts'
import { useLeaveGuard } from '../connections/use-leave-guard.ts'
import classes from './credentials.module.css'
import { FieldGroup } from './field-group.tsx'
import type { FormKind } from './form-kinds.ts'
import { offeredFields } from './form-model.ts'
import { IdentityFields } from './identity-fields.tsx'
import { KindFieldInput } from './kind-field.tsx'
import { LabelFields } from './label-fields.tsx'
import { type CredentialFormState, useCredentialForm } from './use-credential-form.ts'

interface CredentialFormProps {
  kind: FormKind
  /** The credential being edited. */
  saved?: CredentialView
  isReplacing?: boolean
  /** Whether it may belong to the whole organization. */
  canShare: boolean
}

/** Creates or edits a credential of any kind, drawn from the table of kinds. */
export const CredentialForm = ({ kind, saved, isReplacing = false, canShare }: CredentialFormProps) => {
  const onSaved = (view: CredentialView) => {
    guard.goTo(`/workspace/credentials/${view.id}`)
    void showToast({ id: `saved:${view.id}`, title: `${view.name} saved`, message: '', color: 'green' })
  }
  const state = useCredentialForm({ kind, saved, isReplacing, onSaved })
  const guard = useLeaveGuard(state.isDirty)
  useHotkeys([['mod+Enter', () => void state.save()]], [])
  const groups = Map.groupBy(offeredFields(kind, state.view), ({ group }) => group)
  return (
    <>
      {/* Before the page's code runs, the browser would send the form itself: never as an address with what was typed in it. */}
      <form
        className={form.form}
        method="post"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault()
          void state.save()
        }}
      >
        <div className={form.main}>
          <Notices state={state} />
          <IdentityFields state={state} canShare={canShare && saved === undefined} />
          <FormSection title={kind.label} intro="Secrets are encrypted before they are stored, and never shown again.">
            {(groups.get(undefined) ?? []).map((field) => (
              <KindFieldInput key={field.name} field={field} state={state} />
            ))}
            {kind.fields.length === 0 && <p className={classes.note}>{kind.summary}</p>}
          </FormSection>
          {[...groups].map(
            ([title, fields]) =>
              title !== undefined && <FieldGroup key={title} title={title} fields={fields} state={state} />,
          )}
          <LabelFields state={state} />
        </div>
        <Rail state={state} back={saved ? `/workspace/credentials/${saved.id}` : '/workspace/credentials'} />
      </form>
      <LeaveQuestion isOpen={guard.isAsking} onStay={guard.stay} onLeave={guard.leave} />
    </>
  )
}

const Notices = ({ state: { problem, theirs, loadTheirs, keepMine } }: { state: CredentialFormState }) => (
  <>
    {problem && (
      <p className={form.notice} data-tone="danger" role="alert" ref={bringIntoView}>
        <IconAlertCircle size={16} aria-hidden />
        <span>{problem}</span>
      </p>
    )}
    {theirs && <SavedElsewhere what="credential" at={theirs.updated_at} onLoad={loadTheirs} onKeep={keepMine} />}
  </>
)

const Rail = ({ state, back }: { state: CredentialFormState; back: string }) => {
  const isReady = useMounted()
  const { isDirty, isSaving, view, reset } = state
  return (
    <aside className={form.rail} aria-label="Save">
      <div className={form.buttons}>
        <Button type="submit" disabled={!isReady} loading={isSaving}>
          Save credential
        </Button>
        <ButtonLink variant="default" href={back}>
          Cancel
        </ButtonLink>
      </div>
      {isDirty && (
        <div className={form.minor}>
          <Button variant="subtle" color="gray" size="compact-sm" onClick={reset}>
            Reset
          </Button>
        </div>
      )}
      <p className={classes.note}>
        {view
          ? 'What you do not touch stays as it is. A stored secret is kept unless you replace or clear it.'
          : 'A secret is sealed to the first system it is attached to. Sending it anywhere else needs it typed again.'}
      </p>
    </aside>
  )
}
