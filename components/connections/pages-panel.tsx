'use client'
import { Button, TextInput } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { sentenceOf } from '#lib/client/problem'
import type { PageLine } from '#lib/connectors/contract'
import { plural } from '#lib/format/number'
import { FormCell, FormSection } from './form-section.tsx'
import classes from './pages-panel.module.css'
import type { PagesRun } from './use-pages-preview.tsx'

interface PagesPanelProps {
  run: PagesRun
  onStart: (path: string) => void
  onCancel: () => void
  /** Focuses the field a failure is about, where the form has it. */
  onField: ((pointer: string) => void) | undefined
}

/** Tries out how lists are read, page by page, with what stands in the form; nothing is saved. */
export const PagesPanel = ({ run, onStart, onCancel, onField }: PagesPanelProps) => {
  const [path, setPath] = useState('')
  const isRunning = run.phase === 'running'
  return (
    <FormSection title="Preview pages" intro="Reads the first pages with what stands in the form. Nothing is saved.">
      <FormCell span={8}>
        <TextInput
          label="Path of a list"
          placeholder="e.g. /v1/orders"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.metaKey || event.ctrlKey) return
            // It would save the connection.
            event.preventDefault()
            onStart(path)
          }}
          autoComplete="off"
          spellCheck={false}
        />
      </FormCell>
      <FormCell span={4}>
        <div className={classes.actions}>
          <Button variant="default" loading={isRunning} onClick={() => onStart(path)}>
            Preview pages
          </Button>
          {isRunning && (
            <Button variant="subtle" color="gray" onClick={onCancel}>
              Cancel preview
            </Button>
          )}
        </div>
      </FormCell>
      <FormCell>
        <div className={classes.run}>
          <p role="status" className={classes.status}>
            {statusOf(run)}
          </p>
          <ol className={classes.pages}>
            {run.lines.map((line) => line.type === 'page' && <PageRow key={line.number} page={line} />)}
          </ol>
          <Ending run={run} onField={onField} />
        </div>
      </FormCell>
    </FormSection>
  )
}

const statusOf = ({ phase, lines }: PagesRun): string => {
  const last = lines.at(-1)
  const pages = lines.filter(({ type }) => type === 'page').length
  if (phase === 'running') return last?.type === 'wait' ? last.sentence : `Reading page ${pages + 1} …`
  if (phase === 'cancelled') return `Cancelled after ${plural(pages, 'page')}.`
  if (last?.type !== 'end') return ''
  return `${plural(last.pages, 'page')}, ${plural(last.items, 'item')}`
}

const PageRow = ({ page }: { page: Extract<PageLine, { type: 'page' }> }) => (
  <li className={classes.page}>
    <p className={classes.head}>
      <b>Page {page.number}</b>
      <span>
        {page.items === null ? 'no list' : plural(page.items, 'item')} · {page.status} · {page.duration_ms} ms
      </span>
    </p>
    <code className={classes.url}>{page.url}</code>
    {page.warnings.map((warning) => (
      <p key={warning} className={classes.warning}>
        <IconAlertTriangle size={14} aria-hidden /> {warning}
      </p>
    ))}
    {page.sample.length > 0 && (
      <details className={classes.items}>
        <summary>{page.items === null ? 'The answer' : `First ${page.sample.length} as JSON`}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it */}
        <section tabIndex={0} aria-label={`Items of page ${page.number}`}>
          <pre>{JSON.stringify(page.items === null ? page.sample[0] : page.sample, null, 2)}</pre>
        </section>
      </details>
    )}
    {page.next !== null && (
      <p className={classes.next}>
        Goes on with <code>{page.next}</code>
      </p>
    )}
  </li>
)

const Ending = ({ run, onField }: Pick<PagesPanelProps, 'run' | 'onField'>) => {
  const last = run.lines.at(-1)
  if (run.phase === 'error')
    return (
      <p className={classes.problem} role="alert">
        {sentenceOf(run.error)}
      </p>
    )
  if (last?.type !== 'end') return null
  const { cause, sentence } = last
  if (!cause) return <p className={classes.end}>{sentence}</p>
  const { field } = cause
  return (
    <div className={classes.problem} role="alert">
      <p>{sentence}</p>
      {field !== null && onField && (
        <Button variant="default" size="xs" onClick={() => onField(field)}>
          Go to field
        </Button>
      )}
    </div>
  )
}
