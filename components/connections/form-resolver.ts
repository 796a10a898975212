import { toNestErrors } from '@hookform/resolvers'
import type { FieldError as FormError, Resolver } from 'react-hook-form'
import type { FieldError } from '#lib/core/errors'
import { checkForm, type FieldPath, type FormSubject, fieldAt } from './form-model.ts'
import type { FormValues } from './form-values.ts'

/** Checks the form with the schemas the server uses, through the same pointers the server would answer with. */
export const resolveWith =
  (subject: FormSubject): Resolver<FormValues> =>
  (values, _context, options) => {
    const { placed } = placeErrors(checkForm(values, subject), subject, values)
    if (placed.size === 0) return { values, errors: {} }
    const errors = Object.fromEntries(
      [...placed].map(([path, message]): [string, FormError] => [path, { type: 'check', message }]),
    )
    return { values: {}, errors: toNestErrors<FormValues>(errors, options) }
  }

/** Sorts errors into those that have a field in the form, the first one each, and sentences that have none. */
export const placeErrors = (
  errors: readonly FieldError[],
  subject: FormSubject,
  values?: FormValues,
): { placed: Map<FieldPath, string>; unplaced: string[] } => {
  const placed = new Map<FieldPath, string>()
  const unplaced: string[] = []
  for (const { pointer, message } of errors) {
    const path = fieldAt(pointer, subject, values)
    if (path === undefined) unplaced.push(message)
    else if (!placed.has(path)) placed.set(path, message)
  }
  return { placed, unplaced }
}
