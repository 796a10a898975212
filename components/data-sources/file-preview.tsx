'use client'
import { Button, Select } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { use } from 'react'
import type { FilePreview } from '#lib/data-sources/schema'
import { formatBytes, plural } from '#lib/format/number'
import explorer from './explorer.module.css'
import { formats, visibleName } from './file-names.ts'
import classes from './files.module.css'
import { PreviewGrid } from './preview-grid.tsx'
import type { PreviewAnswer } from './use-files.ts'

interface FilePreviewPaneProps {
  path: string
  answer: PreviewAnswer | Promise<PreviewAnswer>
  format: string | undefined
  onFormat: (format: string | undefined) => void
  onClose: () => void
}

/** The beginning of a file as a table or text, with what was found out on the way. */
export const FilePreviewPane = ({ path, answer, format, onFormat, onClose }: FilePreviewPaneProps) => {
  const known = answer instanceof Promise ? use(answer) : answer
  const name = visibleName(path.split('/').at(-1) ?? path)
  return (
    <article className={explorer.detail} aria-label={name}>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        className={explorer.back ?? ''}
        leftSection={<IconArrowLeft size={14} aria-hidden />}
        onClick={onClose}
      >
        All files
      </Button>
      <header className={classes.head}>
        <div className={classes.titles}>
          <h2>
            <bdi>{name}</bdi>
          </h2>
          {'preview' in known && <Facts preview={known.preview} />}
        </div>
        <Select
          aria-label="Read it as"
          size="xs"
          w={112}
          allowDeselect={false}
          value={format ?? 'auto'}
          data={[
            { value: 'auto', label: 'Automatic' },
            ...Object.entries(formats).map(([value, label]) => ({ value, label })),
          ]}
          onChange={(next) => onFormat(next === null || next === 'auto' ? undefined : next)}
        />
      </header>
      {'problem' in known ? (
        <p className={explorer.detailProblem} role="alert">
          {known.problem}
        </p>
      ) : (
        <Content preview={known.preview} />
      )}
    </article>
  )
}

const Facts = ({ preview }: { preview: FilePreview }) => {
  const { format, size_bytes, rows, columns, notes, truncated } = preview
  const shown =
    format === 'binary' || columns.length === 0
      ? []
      : [`${plural(rows.length, 'row')}, ${plural(columns.length, 'column')}`]
  const facts = [
    ...(format === 'binary' ? [] : [formats[format]]),
    ...(size_bytes === null ? [] : [formatBytes(size_bytes)]),
    ...shown,
    ...(truncated ? ['there is more'] : []),
  ]
  return (
    <>
      <p className={explorer.facts}>
        {facts.map((fact) => (
          <span key={fact}>{fact}</span>
        ))}
      </p>
      {format !== 'binary' && notes.length > 0 && (
        <ul className={classes.notes} aria-label="What was found out">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  )
}

const Content = ({ preview: { format, columns, rows, text, notes } }: { preview: FilePreview }) => {
  if (format === 'binary') return <p className={classes.empty}>{notes.join(' ')}</p>
  if (text !== null && text !== '') {
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: long text has to be scrolled with keys as well
      <section className={classes.text} aria-label="Text" tabIndex={0}>
        <pre>{text}</pre>
      </section>
    )
  }
  if (columns.length === 0) return <p className={classes.empty}>There is nothing in it.</p>
  return <PreviewGrid columns={columns} rows={rows} />
}
