'use client'
import { Textarea } from '@mantine/core'
import { IconCheck, IconClipboardText, IconInfoCircle } from '@tabler/icons-react'
import { useState } from 'react'
import type { ParsedUrl } from '#lib/connectors/contract'
import classes from './connection-form.module.css'

interface PasteBoxProps {
  /** Reads the text in the browser; undefined when it is not a connection string of this connector. */
  parse: (text: string) => ParsedUrl | undefined
  onParsed: (parsed: ParsedUrl) => void
  /** What was pasted before the form opened. */
  initial: ParsedUrl | undefined
}

/** Takes a connection string apart into the fields below. The text is read here and forgotten: it holds a password. */
export const PasteBox = ({ parse, onParsed, initial }: PasteBoxProps) => {
  const [text, setText] = useState('')
  const [read, setRead] = useState(initial)
  const isUnknown = text.trim() !== '' && read === undefined
  const take = (next: string) => {
    const parsed = parse(next)
    setText(parsed ? '' : next)
    setRead(parsed)
    if (parsed) onParsed(parsed)
  }
  return (
    <div className={classes.paste} data-done={read !== undefined || undefined}>
      <Textarea
        aria-label="Paste a connection string"
        placeholder="Paste a connection string – a URL, JDBC, DSN, ODBC, key=value or lines of an .env file – to fill the form"
        leftSection={<IconClipboardText size={17} stroke={1.7} aria-hidden />}
        classNames={{ input: classes.pasteInput }}
        rows={1}
        autosize={false}
        value={text}
        onChange={(event) => take(event.currentTarget.value)}
        autoComplete="off"
        spellCheck={false}
        error={isUnknown && 'This does not look like a connection string of this connector.'}
      />
      {read && (
        <div role="status" className={classes.pasteRead}>
          <p>
            <IconCheck size={15} aria-hidden />
            {filledSentence(read)}
          </p>
          {read.notes.map((note) => (
            <p key={note} data-note>
              <IconInfoCircle size={15} aria-hidden />
              {note}
            </p>
          ))}
        </div>
      )}
    </div>
  )
}

const filledSentence = ({ config, credential }: ParsedUrl): string => {
  const count = Object.keys(config).length + Object.keys(credential).length
  return `Filled ${count} field${count === 1 ? '' : 's'}. The text stayed in this browser and is gone from the box.`
}
