'use client'
import { Button } from '@mantine/core'
import { ButtonLink } from '#components/layout/button-link'
import { FormError } from '#components/layout/form-error'
import { plural } from '#lib/format/number'
import form from '../../layout/form.module.css'
import { FormHeader } from '../form-header.tsx'
import { ChooseFile, formatLabels } from './choose-file.tsx'
import classes from './import.module.css'
import { PlanTable } from './plan-table.tsx'
import { useImport } from './use-import.ts'

/** Brings connections in from a file: what it would do first, then what was chosen of it. */
export const ImportPage = () => {
  const { plan, secrets, chosen, results, state, problem, read, run, cancel, type, choose, restart } = useImport()
  return (
    <>
      <FormHeader title="Import connections" crumbs={[{ label: 'Connections', href: '/workspace/connections' }]} />
      <div className={classes.page}>
        <p className={form.note}>
          From another Jackfield, Airflow, DBeaver, dbt, or a file of settings. Nothing is made before you have seen it;
          passwords in the file are encrypted with the connections they belong to.
        </p>
        {plan ? (
          <>
            <FormError>{problem}</FormError>
            <p className={form.note} role="status">
              {state === 'done'
                ? doneOf([...results.values()].map(({ result }) => result))
                : `${formatLabels[plan.format]}: ${plural(plan.items.length, 'connection')} in the file.`}
            </p>
            <PlanTable
              items={plan.items}
              chosen={chosen}
              results={results}
              secrets={secrets}
              isLocked={state === 'importing' || state === 'done'}
              onChoose={choose}
              onType={type}
            />
            <div className={classes.actions}>
              {state === 'done' ? (
                <ButtonLink href="/workspace/connections">Show the connections</ButtonLink>
              ) : (
                <Button loading={state === 'importing'} disabled={chosen.size === 0} onClick={run}>
                  Import {plural(chosen.size, 'connection')}
                </Button>
              )}
              <Button variant="default" onClick={state === 'importing' ? cancel : restart}>
                {state === 'importing' ? 'Cancel' : 'Another file'}
              </Button>
            </div>
          </>
        ) : (
          <ChooseFile isBusy={state === 'reading'} problem={problem} onRead={read} />
        )}
      </div>
    </>
  )
}

/** `3 made, 1 changed, 1 failed.` */
const doneOf = (results: readonly string[]): string => {
  const words = { created: 'made', updated: 'changed', unchanged: 'as it was', skipped: 'left out', failed: 'failed' }
  const counts = Object.entries(words).map(([result, word]) => [results.filter((one) => one === result).length, word])
  return `${counts
    .filter(([count]) => count !== 0)
    .map((part) => part.join(' '))
    .join(', ')}.`
}
