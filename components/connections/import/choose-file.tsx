'use client'
import { Button, FileButton, Select, Textarea } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import type { ImportFormat } from '#lib/connections/imports/schema'
import form from '../../layout/form.module.css'
import classes from './import.module.css'
import type { Source } from './use-import.ts'

export const formatLabels: Record<ImportFormat, string> = {
  jackfield: 'Jackfield',
  airflow: 'Airflow (JSON or YAML)',
  dbeaver: 'DBeaver (data-sources.json)',
  dbt: 'dbt (profiles.yml)',
  pg_service: 'PostgreSQL services (pg_service.conf)',
  pgpass: 'PostgreSQL passwords (.pgpass)',
  csv: 'Table (CSV)',
  env: 'Environment (.env)',
}

interface ChooseFileProps {
  isBusy: boolean
  problem: string | undefined
  onRead(source: Source): void
}

/** A file, dropped, chosen or pasted. It is read by the server, kept nowhere, and its passwords are sealed. */
export const ChooseFile = ({ isBusy, problem, onRead }: ChooseFileProps) => {
  const [text, setText] = useState('')
  const [format, setFormat] = useState<Source['format']>('auto')
  const [isOver, setOver] = useState(false)
  const take = async (file: File | null | undefined) => {
    if (file) setText(await file.text())
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the button beside it does the same
    <div
      className={classes.drop}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FormError>{problem}</FormError>
      <div className={classes.choose}>
        <FileButton onChange={take}>
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconFileUpload size={16} aria-hidden />}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <span className={form.note}>or drop it here, or paste its text.</span>
      </div>
      <Textarea
        label="Text of the file"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        placeholder={'e.g. AIRFLOW_CONN_PROD_DB=postgresql://…'}
        autosize
        minRows={8}
        maxRows={18}
        spellCheck={false}
        autoComplete="off"
        classNames={{ input: classes.text ?? '' }}
      />
      <div className={classes.choose}>
        <Select
          label="Comes from"
          data={[
            { value: 'auto', label: 'Find out' },
            ...Object.entries(formatLabels).map(([value, label]) => ({ value, label })),
          ]}
          value={format}
          onChange={(value) => setFormat((value ?? 'auto') as Source['format'])}
          allowDeselect={false}
        />
        <Button disabled={text.trim() === ''} loading={isBusy} onClick={() => onRead({ text, format })}>
          Show what it would do
        </Button>
      </div>
    </div>
  )
}
