'use client'
import { Checkbox, TextInput } from '@mantine/core'
import { environmentLabels } from '#lib/format/environment'
import classes from './api-keys.module.css'

interface ReachPickerProps {
  /** The key receives secrets, so it has to say of what. */
  isNeeded: boolean
  errors: { environments: string | undefined; connections: string | undefined }
}

/** Which connections a key reaches, by environment and by name. */
export const ReachPicker = ({ isNeeded, errors }: ReachPickerProps) => (
  <>
    <Checkbox.Group
      label="Environments it reaches"
      description={
        isNeeded
          ? 'This key receives secrets: choose where. A connection that moves elsewhere is out of its reach at once.'
          : 'All of them, unless you choose. A key with a reach only reads, tests and resolves.'
      }
      error={errors.environments}
    >
      <div className={classes.presets}>
        {Object.entries({ ...environmentLabels, none: 'No environment' }).map(([value, label]) => (
          <Checkbox key={value} name="environments" value={value} label={label} size="xs" />
        ))}
      </div>
    </Checkbox.Group>
    <TextInput
      label="Only these connections"
      name="connections"
      description="Ids such as prod-postgres, with spaces between them."
      placeholder="All within the environments"
      error={errors.connections}
    />
  </>
)
