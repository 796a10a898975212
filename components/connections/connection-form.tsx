'use client'
import { useHotkeys, useMounted } from '@mantine/hooks'
import { IconAlertCircle } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { ApiError } from '#lib/client/problem'
import { testSavedConnection } from '#lib/client/test-connection'
import type { ConnectionView } from '#lib/connections/schema'
import type { FormField } from '#lib/connectors/catalog'
import type { ConnectionRole, ParsedUrl, Preset } from '#lib/connectors/contract'
import { insideOf } from '../data-sources/inside.ts'
import { ConflictNotice } from './conflict-notice.tsx'
import classes from './connection-form.module.css'
import type { CredentialChoice } from './credential-choice.ts'
import { bringIntoView, focusField } from './field-focus.ts'
import { FoldedGroup } from './folded-group.tsx'
import { FormActions } from './form-actions.tsx'
import { checkForm, draftBody, fieldAt, isSame } from './form-model.ts'
import { FormSection } from './form-section.tsx'
import { isOptional, isShown, isUsed } from './form-settings.ts'
import { withParsed, withPreset } from './form-values.ts'
import { IdentitySection } from './identity-section.tsx'
import { LabelsSection } from './labels-section.tsx'
import { LeaveQuestion } from './leave-question.tsx'
import { LoginSection } from './login-section.tsx'
import { PagesPanel } from './pages-panel.tsx'
import { PasteBox } from './paste-box.tsx'
import { PresetPicker } from './preset-picker.tsx'
import { showSaved } from './saved-toast.tsx'
import { SettingField } from './setting-field.tsx'
import { TestBoard } from './test-board.tsx'
import { type FormOptions, useConnectionForm } from './use-connection-form.ts'
import { useConnectionTest } from './use-connection-test.tsx'
import { useLeaveGuard } from './use-leave-guard.ts'
import { usePagesPreview } from './use-pages-preview.tsx'

interface ConnectionFormProps extends FormOptions {
  /** Stored credentials of a kind the connector understands. */
  choices: readonly CredentialChoice[]
  /** Why this person cannot save, if so. */
  refusal: string | undefined
}

/** Creates or edits a connection: drawn from the connector's manifest, tested before it is saved. */
export const ConnectionForm = ({ choices, refusal, ...options }: ConnectionFormProps) => {
  const { run, start, cancel } = useConnectionTest()
  const preview = usePagesPreview()
  const router = useRouter()
  const [preset, setPreset] = useState(options.preset)

  const afterSave = async (view: ConnectionView) => {
    const wasTested = run.report?.success === true && !isStale
    guard.goTo(`/workspace/connections#${view.conn_id}`)
    await showSaved(view, view.role === 'source' ? insideOf(subject.manifest.capabilities) : undefined)
    // The list should know what the person has just seen: the same settings pass.
    if (wasTested) void testSavedConnection(view.id).then(router.refresh, () => undefined)
  }
  const state = useConnectionForm(options, afterSave)
  const { form, subject, values, baseline, view, theirs, isDirty } = state
  const { manifest, fields } = subject
  const draft = draftBody(values, baseline, subject)
  const isStale = run.phase !== 'idle' && run.phase !== 'running' && !isSame(run.subject, draft)
  const guard = useLeaveGuard(isDirty)
  const isReady = useMounted()

  const test = async () => {
    const wrong = checkForm(values, subject).filter(({ pointer }) => /^\/(config|credential)/.test(pointer))
    if (wrong.length > 0) return state.showErrors(wrong)
    const isAsSaved = view !== undefined && !isDirty
    const path = isAsSaved ? `/api/connections/${encodeURIComponent(view.id)}/test` : '/api/connections/test'
    const { error } = await start(path, { body: isAsSaved ? {} : draft, subject: draft })
    if (error instanceof ApiError) state.showErrors(error.problem.errors)
  }
  const previewPages = async (path: string) => {
    const wrong = checkForm(values, subject).filter(({ pointer }) => /^\/(config|credential)/.test(pointer))
    if (wrong.length > 0) return state.showErrors(wrong)
    const { error } = await preview.start({ ...draft, path })
    if (!(error instanceof ApiError)) return
    // What is wrong with the path is said where the path stands.
    state.showErrors(error.problem.errors.filter(({ pointer }) => fieldAt(pointer, subject) !== undefined))
  }
  const fill = (change: (from: typeof values) => typeof values) => {
    const next = change(form.getValues())
    for (const key of ['login', 'kind', 'config', 'credential', 'secrets'] as const)
      form.setValue(key, next[key], { shouldDirty: true })
    form.clearErrors()
  }
  const acceptKey = (pointer: string, fingerprint: string) => {
    const field = fieldAt(pointer, subject)
    if (field === undefined) return
    form.setValue(field, fingerprint, { shouldDirty: true, shouldValidate: true })
    focusField(field)
  }
  const pick = (next: Preset | undefined) => {
    setPreset(next?.id)
    if (next) fill((from) => withPreset(from, next))
  }
  // A new connection's page is found again by its address; a saved one has its role with it.
  const keepRoleInAddress = (role: ConnectionRole) => {
    if (view) return
    const query = new URLSearchParams(window.location.search)
    query.set('role', role)
    window.history.replaceState(window.history.state, '', `?${query}`)
  }
  useHotkeys(
    [
      ['mod+Enter', () => void state.save()],
      ['mod+shift+Enter', () => void test()],
    ],
    [],
  )
  const [first, ...others] = groupsOf(fields.filter((field) => isShown(field, values, fields)))
  const placeholders: Record<string, string> = manifest.presets.find(({ id }) => id === preset)?.placeholders ?? {}
  const drawGroup = ({ title, members }: FieldGroup) => {
    const drawn = members.map((field) => (
      <SettingField key={field.name} field={field} placeholder={placeholders[field.name]} />
    ))
    if (!isOptional(members))
      return (
        <FormSection key={title} title={title}>
          {drawn}
        </FormSection>
      )
    const hasError = members.some(({ name }) => form.formState.errors.config?.[name] !== undefined)
    return (
      <FoldedGroup key={title} title={title} isUsed={isUsed(values, members)} hasError={hasError}>
        {drawn}
      </FoldedGroup>
    )
  }
  return (
    <FormProvider {...form}>
      {/* Before the page's code runs, the browser would send the form itself: never as an address with what was typed in it. */}
      <form
        className={classes.form}
        method="post"
        onSubmit={(event) => void state.save(event)}
        noValidate
        autoComplete="off"
      >
        <div className={classes.main}>
          {state.problem && (
            <p className={classes.notice} data-tone="danger" role="alert" ref={bringIntoView}>
              <IconAlertCircle size={16} aria-hidden />
              <span>{state.problem}</span>
            </p>
          )}
          {theirs && view && (
            <ConflictNotice
              mine={view}
              theirs={theirs}
              fields={fields}
              onLoad={state.loadTheirs}
              onKeep={state.keepMine}
            />
          )}
          {manifest.parseUrl && (
            <PasteBox
              parse={manifest.parseUrl}
              initial={state.pasted}
              onParsed={(parsed: ParsedUrl) => fill((from) => withParsed(from, parsed, manifest))}
            />
          )}
          {manifest.presets.length > 0 && !view && (
            <PresetPicker presets={manifest.presets} value={preset} onPick={pick} />
          )}
          <IdentitySection roles={manifest.roles} isSaved={view !== undefined} onRole={keepRoleInAddress} />
          {first && drawGroup(first)}
          {manifest.credentials.length > 0 && (
            <LoginSection subject={subject} choices={choices} placeholders={placeholders} />
          )}
          {others.map(drawGroup)}
          {manifest.capabilities.includes('pages') && (
            <PagesPanel
              run={preview.run}
              onStart={(path) => void previewPages(path)}
              onCancel={preview.cancel}
              onField={(pointer) => focusField(fieldAt(pointer, subject) ?? '')}
            />
          )}
          <LabelsSection />
        </div>
        <aside className={classes.rail} aria-label="Save and test">
          <FormActions
            isReady={isReady}
            isDirty={isDirty}
            isSaving={form.formState.isSubmitting}
            isTesting={run.phase === 'running'}
            failure={run.report?.success === false && !isStale ? run.report.message : undefined}
            refusal={refusal}
            onTest={() => void test()}
            onReset={state.reset}
          />
          <TestBoard
            run={run}
            isStale={isStale}
            onCancel={cancel}
            hasField={(pointer) => fieldAt(pointer, subject) !== undefined}
            onField={(pointer) => focusField(fieldAt(pointer, subject) ?? '')}
            onAccept={acceptKey}
          />
        </aside>
      </form>
      <LeaveQuestion isOpen={guard.isAsking} onStay={guard.stay} onLeave={guard.leave} />
    </FormProvider>
  )
}

interface FieldGroup {
  title: string
  members: FormField[]
}

/** The manifest's groups, in its own order. */
const groupsOf = (fields: readonly FormField[]): FieldGroup[] =>
  [...Map.groupBy(fields, (field) => field.group ?? 'Settings')].map(([title, members]) => ({ title, members }))
