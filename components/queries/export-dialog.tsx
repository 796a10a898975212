'use client'
import { Button, Checkbox, Modal } from '@mantine/core'
import { useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { Segments } from '#components/layout/segments'
import { formatBytes, plural } from '#lib/format/number'
import form from '../layout/form.module.css'
import { useFocusBack } from '../layout/use-focus-back.ts'
import type { QueryCall } from './result-store.ts'
import { type Exporting, type ExportName, exportFormats, isUnderWay, useExport } from './use-export.ts'

const formats = Object.entries(exportFormats).map(([value, label]) => ({ value: value as ExportName, label }))

/** Runs the statement again without the limit of the page, straight into a file. */
export const ExportDialog = ({ call, onClose }: { call: QueryCall; onClose(): void }) => {
  useFocusBack()
  const [format, setFormat] = useState<ExportName>('csv')
  const [isFormulaSafe, setFormulaSafe] = useState(true)
  const { state, isStarting, start, cancel } = useExport(call)
  const isRunning = state.query !== undefined && isUnderWay(state.query.status)
  return (
    <Modal opened onClose={onClose} title="Export everything" centered>
      <div className={form.body}>
        <p className={form.note}>
          Runs the statement again and writes all its rows into a file, however many there are.
        </p>
        <Segments name="export-format" label="Format" options={formats} value={format} onChange={setFormat} />
        {format === 'csv' && (
          <Checkbox
            label="Safe for spreadsheets: nothing in it is run as a formula"
            checked={isFormulaSafe}
            onChange={(event) => setFormulaSafe(event.currentTarget.checked)}
          />
        )}
        <p role="status" className={form.note}>
          {state.query && progressOf(state.query)}
        </p>
        <FormError>{state.problem}</FormError>
        <div className={form.choice}>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          {isRunning ? (
            <Button variant="default" onClick={cancel}>
              Cancel the export
            </Button>
          ) : (
            <Button loading={isStarting} onClick={() => void start(format, isFormulaSafe)} data-autofocus>
              Export
            </Button>
          )}
        </div>
      </div>
    </Modal>
  )
}

const progressOf = ({ status, rows, bytes }: NonNullable<Exporting['query']>): string => {
  const amount = [rows > 0 && plural(rows, 'row'), bytes > 0 && formatBytes(bytes)].filter(Boolean).join(', ')
  if (status === 'waiting') return 'Waiting for the browser to begin the download…'
  if (status === 'running') return amount ? `${amount} so far…` : 'Running…'
  if (status === 'done') return `Done: ${amount || 'no rows'}.`
  return status === 'cancelled' ? 'Cancelled. The file is not whole.' : 'The file is not whole.'
}
