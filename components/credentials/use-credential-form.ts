'use client'
import { useEffect, useState } from 'react'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { CredentialView } from '#lib/credentials/schema'
import { focusFirst } from '../connections/field-focus.ts'
import type { FormKind } from './form-kinds.ts'
import {
  type CredentialValues,
  changeBody,
  checkValues,
  createBody,
  type FormError,
  isSameAt,
  pathOfPointer,
  valuesOf,
  withoutSecrets,
  withReplacement,
} from './form-model.ts'

interface Options {
  kind: FormKind
  saved: CredentialView | undefined
  /** Opens with the stored secret about to be replaced. */
  isReplacing: boolean
  onSaved(view: CredentialView): void
  /** Where a change goes instead of into the credential at once. */
  submit?(change: Record<string, unknown>): Promise<unknown>
}

/** The state of the form: what is stored, what is typed, what is wrong, and the two ways saving can go. */
export const useCredentialForm = ({ kind, saved, isReplacing, onSaved, submit }: Options) => {
  const [view, setView] = useState(saved)
  const [theirs, setTheirs] = useState<CredentialView>()
  const [baseline, setBaseline] = useState(() => valuesOf(kind, saved))
  const [values, setValues] = useState(() => (isReplacing ? withReplacement(baseline, kind) : baseline))
  const [errors, setErrors] = useState<readonly FormError[]>([])
  // What was there when it was found wrong: an edit takes the sentence away.
  const [judged, setJudged] = useState<CredentialValues>()
  const [problem, setProblem] = useState<string>()
  const [phase, setPhase] = useState<'typing' | 'saving' | 'saved'>('typing')
  const isDirty = phase !== 'saved' && isChanged(values, baseline, kind, view)

  // A group that was closed opens with the error in it; only then can the field have the focus.
  useEffect(() => focusFirst(errors.map(({ path }) => path)), [errors])

  const refuse = async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'precondition_failed' && view) {
      return setTheirs((await callApi<CredentialView>(pathOf(view))).data)
    }
    const given = error instanceof ApiError ? error.problem.errors : []
    const placed = given.map(({ pointer, message }) => ({ path: pathOfPointer(pointer, kind), message }))
    setJudged(values)
    setErrors(placed.filter((one): one is FormError => one.path !== undefined))
    setProblem(
      placed.find(({ path }) => path === undefined)?.message ?? (given.length === 0 ? sentenceOf(error) : undefined),
    )
  }

  const save = async () => {
    const wrong = checkValues(values, kind, view)
    setJudged(values)
    setErrors(wrong)
    setProblem(undefined)
    if (wrong.length > 0) return
    setPhase('saving')
    try {
      if (view && submit) await submit(changeBody(values, baseline, kind))
      const stored = view && submit ? view : await send(values, baseline, kind, view)
      setPhase('saved')
      // What was typed is stored now; the page keeps no copy of it, not even on its way out.
      setValues(withoutSecrets(values, kind))
      onSaved(stored)
    } catch (error) {
      setPhase('typing')
      await refuse(error).catch((again: unknown) => setProblem(sentenceOf(again)))
    }
  }

  const open = (from: CredentialView | undefined) => {
    setBaseline(valuesOf(kind, from))
    setValues(valuesOf(kind, from))
    setErrors([])
    setProblem(undefined)
    setTheirs(undefined)
  }

  return {
    kind,
    view,
    values,
    theirs,
    problem,
    isDirty,
    isSaving: phase !== 'typing',
    errorAt: (path: string) =>
      judged && isSameAt(path, judged, values) ? errors.find((error) => error.path === path)?.message : undefined,
    set: (change: (from: CredentialValues) => CredentialValues) => setValues(change),
    save,
    reset: () => open(view),
    /** Drops the edits and shows the version somebody else saved. */
    loadTheirs: () => {
      setView(theirs)
      open(theirs)
    },
    /** Keeps the edits; the next save goes on top of the newer version. */
    keepMine: () => {
      setView(theirs)
      setTheirs(undefined)
    },
  }
}

export type CredentialFormState = ReturnType<typeof useCredentialForm>

const isChanged = (
  values: CredentialValues,
  baseline: CredentialValues,
  kind: FormKind,
  view: CredentialView | undefined,
): boolean =>
  view
    ? Object.keys(changeBody(values, baseline, kind)).length > 0
    : JSON.stringify(values) !== JSON.stringify(baseline)

const send = async (
  values: CredentialValues,
  baseline: CredentialValues,
  kind: FormKind,
  view: CredentialView | undefined,
): Promise<CredentialView> => {
  if (!view) {
    return (await callApi<CredentialView>('/api/credentials', { method: 'POST', body: createBody(values, kind) })).data
  }
  const body = changeBody(values, baseline, kind)
  if (Object.keys(body).length === 0) return view
  return (await callApi<CredentialView>(pathOf(view), { method: 'PUT', body, ifMatch: etagOf(view) })).data
}

const pathOf = ({ id }: CredentialView): string => `/api/credentials/${encodeURIComponent(id)}`
