import { Textarea } from '@mantine/core'

interface ReasonFieldProps {
  /** What is asked for, e.g. `Why it is forgotten`. */
  label: string
  value: string
  onChange(value: string): void
}

/** Asks why somebody insists; the answer stands in the audit trail. */
export const ReasonField = ({ label, value, onChange }: ReasonFieldProps) => (
  <Textarea
    label={label}
    description="It is recorded in the audit trail."
    value={value}
    onChange={(event) => onChange(event.currentTarget.value)}
    maxLength={500}
    withAsterisk
    data-autofocus
  />
)
