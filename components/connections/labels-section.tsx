'use client'
import { TagsInput, Textarea } from '@mantine/core'
import { Controller, useFormContext } from 'react-hook-form'
import { Segments } from '#components/layout/segments'
import { environmentChoices } from '#lib/format/environment'
import classes from './connection-form.module.css'
import { inputId } from './field-focus.ts'
import { slugFrom } from './form-model.ts'
import { FormCell, FormSection } from './form-section.tsx'
import type { FormValues } from './form-values.ts'

const environmentOptions = environmentChoices('None')

/** Environment, tags and description: what helps people and filters find it. */
export const LabelsSection = () => {
  const { register, control, formState, getValues } = useFormContext<FormValues>()
  const tagsError = formState.errors.tags
  return (
    <FormSection title="Labels" intro="All optional. Filters and warnings use them.">
      <FormCell help="Production connections are marked in red wherever data can be seen or changed.">
        <span className={classes.label}>Environment</span>
        <Controller
          name="environment"
          control={control}
          render={({ field }) => (
            <Segments
              name="environment"
              label="Environment"
              options={environmentOptions}
              value={field.value}
              onChange={field.onChange}
            />
          )}
        />
      </FormCell>
      <FormCell help="Press Enter or comma after each. Lower case, so that a tag reads the same everywhere.">
        <Controller
          name="tags"
          control={control}
          render={({ field }) => (
            <TagsInput
              label="Tags"
              id={inputId('tags')}
              ref={field.ref}
              placeholder={field.value.length === 0 ? 'e.g. finance' : ''}
              value={field.value}
              onChange={(tags) => field.onChange([...new Set(tags.map(slugFrom).filter(Boolean))])}
              error={tagsError?.message ?? (Array.isArray(tagsError) ? tagsError.find(Boolean)?.message : undefined)}
            />
          )}
        />
      </FormCell>
      <FormCell help="Who to ask, what it is for, when it may be busy.">
        <Textarea
          label="Description"
          id={inputId('description')}
          rows={3}
          error={formState.errors.description?.message}
          defaultValue={getValues('description')}
          {...register('description')}
        />
      </FormCell>
    </FormSection>
  )
}
