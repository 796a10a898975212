'use client'
import { Select } from '@mantine/core'
import type { Preset } from '#lib/connectors/contract'
import classes from './connection-form.module.css'
import { FormCell, FormSection } from './form-section.tsx'

interface PresetPickerProps {
  presets: readonly Preset[]
  value: string | undefined
  onPick: (preset: Preset | undefined) => void
}

/** The well-known providers: picking one fills in what its servers have in common. */
export const PresetPicker = ({ presets, value, onPick }: PresetPickerProps) => {
  const chosen = presets.find(({ id }) => id === value)
  return (
    <FormSection title="Provider">
      <FormCell help="Fills in what the provider’s servers have in common, and says where to find the rest.">
        <Select
          aria-label="Provider"
          placeholder="Any server – or choose a provider"
          searchable
          clearable
          nothingFoundMessage="Not listed. Any server of this kind works; leave this empty."
          data={presets.map(({ id, name }) => ({ value: id, label: name }))}
          value={chosen?.id ?? null}
          onChange={(id) => onPick(presets.find((preset) => preset.id === id))}
        />
        {chosen?.help && (
          <p className={classes.meaning} role="status">
            {chosen.help}
          </p>
        )}
      </FormCell>
    </FormSection>
  )
}
