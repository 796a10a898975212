'use client'
import type { Preset } from '#lib/connectors/contract'
import classes from './connection-form.module.css'
import { FormSection } from './form-section.tsx'

interface PresetPickerProps {
  presets: readonly Preset[]
  value: string | undefined
  onPick: (preset: Preset | undefined) => void
}

/** The well-known providers: picking one fills in what they all have in common. */
export const PresetPicker = ({ presets, value, onPick }: PresetPickerProps) => {
  const chosen = presets.find(({ id }) => id === value)
  return (
    <FormSection title="Provider" intro="Optional. Fills in what its servers have in common.">
      <div className={classes.presets} role="radiogroup" aria-label="Provider">
        {[undefined, ...presets].map((preset) => (
          <label key={preset?.id ?? ''} className={classes.preset}>
            <input
              type="radio"
              name="preset"
              className={classes.presetInput}
              checked={preset?.id === chosen?.id}
              onChange={() => onPick(preset)}
            />
            {preset?.name ?? 'Any server'}
          </label>
        ))}
      </div>
      {chosen?.help && (
        <p className={classes.presetHelp} role="status">
          {chosen.help}
        </p>
      )}
    </FormSection>
  )
}
