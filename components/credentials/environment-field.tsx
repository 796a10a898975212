import { NativeSelect } from '@mantine/core'

const choices = [
  { value: '', label: 'Any' },
  { value: 'prod', label: 'Production' },
  { value: 'staging', label: 'Staging' },
  { value: 'dev', label: 'Development' },
]

export const EnvironmentField = ({ error }: { error: string | undefined }) => (
  <NativeSelect label="Environment" name="environment" data={choices} error={error} />
)
