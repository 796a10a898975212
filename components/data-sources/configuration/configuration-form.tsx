'use client'
import { Button, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { LeaveQuestion } from '#components/connections/leave-question'
import { FormError } from '#components/layout/form-error'
import { showToast } from '#components/layout/toast'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { SourceConfigurationView } from '#lib/data-sources/configuration'
import { largestCost, productionCost } from '#lib/data-sources/cost'
import { formatNumber } from '#lib/format/number'
import { useLeaveGuard } from '../../connections/use-leave-guard.ts'
import form from '../../layout/form.module.css'
import { type FormValues, settingsOf, valuesOf } from './form-values.ts'

interface ConfigurationFormProps {
  source: { id: string; environment: string | null }
  saved: SourceConfigurationView
  /** Its connector runs statements. */
  hasQueries: boolean
  /** To be read only. */
  isFixed: boolean
}

/** Everything that can be said about a source; what a field says wrong stands at that field. */
export const ConfigurationForm = ({ source, saved, hasQueries, isFixed }: ConfigurationFormProps) => {
  const router = useRouter()
  const start = valuesOf(saved)
  const [values, setValues] = useState(start)
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const [wrong, setWrong] = useState<ReadonlyMap<string, string>>(new Map())
  const isChanged = JSON.stringify(values) !== JSON.stringify(start)
  const guard = useLeaveGuard(isChanged && !isBusy)
  const field = (name: keyof FormValues, pointer: string) => ({
    value: String(values[name]),
    error: wrong.get(pointer),
    disabled: isFixed,
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) => {
      setValues((now) => ({ ...now, [name]: value }))
      // What was said of the value before is not true of this one.
      setWrong((now) => new Map([...now].filter(([other]) => other !== pointer)))
    },
  })
  const number = (name: keyof FormValues, pointer: string) => ({
    ...field(name, pointer),
    inputMode: 'numeric' as const,
    autoComplete: 'off',
  })
  const complain = (problem: unknown) => {
    const fields = problem instanceof ApiError ? problem.fields : new Map<string, string>()
    setWrong(fields)
    setError(fields.size === 0 ? problem : undefined)
  }
  const save = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    complain(undefined)
    try {
      const path = `/api/data-sources/${encodeURIComponent(source.id)}/configuration`
      const ifMatch = saved.revision === 0 ? undefined : etagOf(saved)
      await callApi(path, { method: 'PUT', body: settingsOf(values), ifMatch })
      await showToast({ id: 'source', title: 'Configuration saved', message: '' })
      router.refresh()
    } catch (problem) {
      complain(problem)
    }
    setBusy(false)
  }
  const reset = () => {
    setValues(start)
    complain(undefined)
  }
  return (
    <form className={form.card} onSubmit={save} aria-label="Source configuration" noValidate>
      <FormError>{error !== undefined && sentenceOf(error)}</FormError>
      <NativeSelect
        label="Read the schema again"
        description="Besides, everybody may refresh it by hand."
        {...field('kind', '/schedule/kind')}
        data={[
          { value: 'off', label: 'Only by hand' },
          { value: 'interval', label: 'Every so many minutes' },
          { value: 'cron', label: 'By a schedule (cron)' },
        ]}
      />
      {values.kind === 'interval' && (
        <TextInput
          label="Minutes"
          description="From 5 to 43,200, which is a month."
          {...number('minutes', '/schedule/minutes')}
        />
      )}
      {values.kind === 'cron' && (
        <div className={form.pair}>
          <TextInput
            label="Schedule"
            description="Cron: “0 6 * * 1-5” is six o’clock on workdays."
            {...field('expression', '/schedule/expression')}
          />
          <TextInput
            label="Time zone"
            description="Such as “Europe/Berlin”."
            {...field('timezone', '/schedule/timezone')}
          />
        </div>
      )}
      <div className={form.pair}>
        <Textarea
          label="Keep only"
          description="Patterns, one a line: “sales.*”. Empty: everything."
          rows={3}
          {...field('include', '/include/0')}
        />
        <Textarea
          label="Leave out"
          description="Patterns, one a line: “*.tmp_*”."
          rows={3}
          {...field('exclude', '/exclude/0')}
        />
      </div>
      <TextInput
        label="Remember changes for"
        description="Days. Older versions of the schema are forgotten."
        {...number('retention_days', '/retention_days')}
      />
      {hasQueries && (
        <>
          <div className={form.pair}>
            <TextInput
              label="Rows of a query"
              description="In the editor; exports bring all rows."
              {...number('rows', '/limits/rows')}
            />
            <TextInput
              label="Megabytes of a query"
              description="Whatever is reached first."
              {...number('megabytes', '/limits/bytes')}
            />
            <TextInput
              label="Seconds of a query"
              description="Then the server ends it."
              {...number('timeout_seconds', '/limits/timeout_seconds')}
            />
            <TextInput
              label="Seconds of an export"
              description="From its start to the last row."
              {...number('export_timeout_seconds', '/limits/export_timeout_seconds')}
            />
            <TextInput
              label="Kilobytes of a cell"
              description="What is longer is cut, and says so."
              {...number('cell_kilobytes', '/limits/cell_bytes')}
            />
            <TextInput
              label="Columns of a query"
              description="More are left out, and it says so."
              {...number('columns', '/limits/columns')}
            />
          </div>
          <TextInput
            label="Most expensive plan"
            description={`In the planner’s unit; a query that the planner expects to cost more is not run. Empty for ${source.environment === 'prod' ? `${formatNumber(productionCost)}, as this is production; ${formatNumber(largestCost)} for none` : 'no limit'}.`}
            {...number('max_cost', '/max_cost')}
          />
          <Switch
            label="Allow statements that change data"
            description={`Only for those who may write, each after a question, each on record.${source.environment === 'prod' ? ' This is production.' : ''}`}
            checked={values.writes}
            disabled={isFixed}
            onChange={({ currentTarget: { checked } }) => setValues((now) => ({ ...now, writes: checked }))}
          />
        </>
      )}
      <LeaveQuestion isOpen={guard.isAsking} onStay={guard.stay} onLeave={guard.leave} />
      {!isFixed && (
        <div className={form.actions}>
          <Button type="submit" loading={isBusy} disabled={!isChanged}>
            Save configuration
          </Button>
          <Button variant="default" disabled={!isChanged || isBusy} onClick={reset}>
            Reset
          </Button>
        </div>
      )}
    </form>
  )
}
