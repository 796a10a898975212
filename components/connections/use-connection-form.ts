'use client'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { callApi, etagOf } from '#lib/client/api'
import { dropPasted, readPasted } from '#lib/client/pasted'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { ConnectionView } from '#lib/connections/schema'
import { type FormField, manifestOf } from '#lib/connectors/catalog'
import type { ConnectionRole } from '#lib/connectors/contract'
import type { FieldError } from '#lib/core/errors'
import { focusFirst } from './field-focus.ts'
import { changeBody, createBody, type FormSubject, isSame } from './form-model.ts'
import { placeErrors, resolveWith } from './form-resolver.ts'
import { copyOf, emptyLogin, emptyValues, type FormValues, valuesOf, withParsed, withPreset } from './form-values.ts'

export interface FormOptions {
  type: string
  fields: readonly FormField[]
  role: ConnectionRole
  /** Provider the form was opened for. */
  preset: string | undefined
  /** The connection being edited. */
  view: ConnectionView | undefined
  /** The connection that a new one is a copy of. */
  original?: ConnectionView | undefined
  /** Its credential serves other connections too, so the form offers it as a stored one. */
  isShared: boolean
  canBind: boolean
  /** May let another connection use a stored credential. */
  canAttach: boolean
}

/** The state of the form: what was loaded, what is typed, and the two ways saving can go. */
export const useConnectionForm = (options: FormOptions, onSaved: (view: ConnectionView) => Promise<void>) => {
  const { type, fields, role, canBind, isShared } = options
  const manifest = manifestOf(type)
  const [view, setView] = useState(options.view)
  const [theirs, setTheirs] = useState<ConnectionView>()
  const [problem, setProblem] = useState<string>()
  const [isLeaving, setLeaving] = useState(false)
  const open = (from: ConnectionView | undefined): FormValues => {
    if (from) return valuesOf(from, manifest, fields, isShared)
    const { original, canAttach } = options
    if (original) return copyOf(original, manifest, fields, canAttach)
    return withPreset(emptyValues(manifest, fields, role), presetOf(options))
  }
  const [baseline, setBaseline] = useState(() => open(view))
  const [pasted] = useState(() => (view ? undefined : readPasted(type)))
  const subject: FormSubject = { manifest, fields, saved: view, canBind }
  const form = useForm<FormValues>({
    defaultValues: pasted ? withParsed(baseline, pasted, manifest) : baseline,
    resolver: resolveWith(subject),
    mode: 'onTouched',
    shouldFocusError: false,
  })
  const values = form.watch()
  const isDirty = !isLeaving && !isSame(values, baseline)

  /** Shows errors at their fields and the rest above the form. */
  const showErrors = (errors: readonly FieldError[], sentence?: string) => {
    const { placed, unplaced } = placeErrors(errors, subject, form.getValues())
    for (const [path, message] of placed) form.setError(path, { type: 'server', message })
    focusFirst([...placed.keys()])
    setProblem(unplaced[0] ?? (placed.size === 0 ? sentence : undefined))
  }

  const refuse = async (error: unknown) => {
    if (error instanceof ApiError && error.code === 'precondition_failed' && view) {
      return setTheirs((await callApi<ConnectionView>(pathOf(view))).data)
    }
    showErrors(error instanceof ApiError ? error.problem.errors : [], sentenceOf(error))
  }

  const send = async (typed: FormValues): Promise<ConnectionView> => {
    if (!view) {
      return (await callApi<ConnectionView>('/api/connections', { method: 'POST', body: createBody(typed, subject) }))
        .data
    }
    const body = changeBody(typed, baseline, subject)
    if (Object.keys(body).length === 0) return view
    return (await callApi<ConnectionView>(pathOf(view), { method: 'PATCH', body, ifMatch: etagOf(view) })).data
  }

  const submit = async (typed: FormValues) => {
    setProblem(undefined)
    setTheirs(undefined)
    try {
      const saved = await send(typed)
      setLeaving(true)
      dropPasted()
      // What was typed is stored now; the page keeps no copy of it, not even on its way out.
      form.setValue('credential', emptyLogin(typed.kind).credential)
      await onSaved(saved)
    } catch (error) {
      await refuse(error).catch((again: unknown) => setProblem(sentenceOf(again)))
    }
  }

  return {
    form,
    subject,
    values,
    baseline,
    pasted,
    view,
    theirs,
    problem,
    isDirty,
    showErrors,
    save: form.handleSubmit(submit, (errors) => focusFirst(errorPaths(errors))),
    reset: () => {
      form.reset(baseline)
      setProblem(undefined)
      setTheirs(undefined)
    },
    /** Drops the edits and shows the version somebody else saved. */
    loadTheirs: () => {
      if (!theirs) return
      setView(theirs)
      setBaseline(open(theirs))
      form.reset(open(theirs))
      setTheirs(undefined)
    },
    /** Keeps the edits; the next save goes on top of the newer version. */
    keepMine: () => {
      if (!theirs || !view) return
      setView({ ...theirs, config: theirs.config })
      setTheirs(undefined)
    },
    leaveAnyway: () => setLeaving(true),
  }
}

const pathOf = (view: ConnectionView): string => `/api/connections/${encodeURIComponent(view.id)}`

const presetOf = ({ type, preset }: FormOptions) => manifestOf(type).presets.find(({ id }) => id === preset)

/** `{ config: { host: … } }` → `['config.host']`. */
const errorPaths = (errors: object, prefix = ''): string[] =>
  Object.entries(errors).flatMap(([name, error]: [string, unknown]) => {
    if (typeof error !== 'object' || error === null) return []
    return 'message' in error ? [prefix + name] : errorPaths(error, `${prefix}${name}.`)
  })
