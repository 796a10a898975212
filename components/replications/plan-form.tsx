'use client'
import { Button, Switch, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { Fix } from '../connections/fix.tsx'
import form from '../layout/form.module.css'
import { beatStatement, emptyPlan, type Plan, type PlanErrors, planErrors } from './plan.ts'
import classes from './replication.module.css'
import { TablePicker } from './table-picker.tsx'

interface PlanFormProps {
  source: string
  isBusy: boolean
  onChange(): void
  onCheck(plan: Plan): void
}

/** What to capture, and under which names; nothing happens at the source before it is checked. */
export const PlanForm = ({ source, isBusy, onChange, onCheck }: PlanFormProps) => {
  const [plan, setPlan] = useState(emptyPlan)
  const [errors, setErrors] = useState<PlanErrors>({})
  const change = (part: Partial<Plan>) => {
    const next = { ...plan, ...part }
    setPlan(next)
    // What was wrong is looked at again with every letter; what was not yet wrong, when it is sent.
    setErrors((shown) => {
      const found = planErrors(next)
      return Object.fromEntries(Object.entries(found).filter(([name]) => name in shown))
    })
    onChange()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = planErrors(plan)
    setErrors(found)
    if (Object.keys(found).length === 0) onCheck(plan)
  }
  return (
    <form className={classes.form} method="post" noValidate onSubmit={submit} aria-label="What to capture">
      <TablePicker
        source={source}
        value={plan.tables}
        error={errors.tables}
        onChange={(tables) => change({ tables })}
      />
      <div className={form.pair}>
        <TextInput
          label="Publication"
          description="Says which tables send their changes."
          value={plan.publication}
          error={errors.publication}
          onChange={(event) => change({ publication: event.currentTarget.value })}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          withAsterisk
        />
        <TextInput
          label="Replication slot"
          description="Remembers how far a reader has come."
          value={plan.slot}
          error={errors.slot}
          onChange={(event) => change({ slot: event.currentTarget.value })}
          maxLength={63}
          autoComplete="off"
          spellCheck={false}
          withAsterisk
        />
      </div>
      <Heartbeat plan={plan} error={errors.heartbeat} onChange={(heartbeat) => change({ heartbeat })} />
      <Button type="submit" loading={isBusy} className={classes.start ?? ''}>
        Check
      </Button>
    </form>
  )
}

interface HeartbeatProps {
  plan: Plan
  error: string | undefined
  onChange(heartbeat: Plan['heartbeat']): void
}

const Heartbeat = ({ plan: { tables, heartbeat }, error, onChange }: HeartbeatProps) => (
  <div className={classes.heartbeat}>
    <Switch
      label="Make a heartbeat table"
      description="The slot of tables that rest does not move on, while the rest of the server goes on writing: its log is kept until the disk is full. A small table that your reader updates every minute keeps the slot moving. Recommended where the chosen tables change seldom."
      checked={heartbeat !== null}
      onChange={(event) =>
        onChange(
          event.currentTarget.checked ? { schema: tables[0]?.schema ?? 'public', name: 'jackfield_heartbeat' } : null,
        )
      }
    />
    {heartbeat && (
      <div className={form.pair}>
        <TextInput
          label="Schema of the heartbeat table"
          value={heartbeat.schema}
          error={error}
          onChange={(event) => onChange({ ...heartbeat, schema: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          withAsterisk
        />
        <TextInput
          label="Name of the heartbeat table"
          value={heartbeat.name}
          onChange={(event) => onChange({ ...heartbeat, name: event.currentTarget.value })}
          autoComplete="off"
          spellCheck={false}
          withAsterisk
        />
      </div>
    )}
    {heartbeat && (
      <>
        <p className={classes.beat}>
          Once it is made, let your reader or cron run this every minute; Jackfield does not write to the source by
          itself.
        </p>
        <Fix fix={{ kind: 'sql', text: beatStatement(heartbeat) }} of="the statement of a heartbeat" />
      </>
    )}
  </div>
)
