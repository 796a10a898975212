'use client'
import { Textarea } from '@mantine/core'
import { IconClipboardText } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { keepPasted } from '#lib/client/pasted'
import type { ConnectionRole } from '#lib/connectors/contract'
import classes from './catalog.module.css'

/** Recognises a pasted connection string in the browser and opens the filled form; it never enters a URL or a request. */
export const CatalogPaste = ({ role }: { role: ConnectionRole }) => {
  const router = useRouter()
  const [text, setText] = useState('')
  const [isUnknown, setUnknown] = useState(false)
  const take = async (next: string) => {
    setText(next)
    // The connectors' schemas are only needed by those who paste.
    const { recogniseUrl } = await import('#lib/connectors/catalog')
    const known = recogniseUrl(next)
    setUnknown(known === undefined && next.trim() !== '')
    if (!known) return
    setText('')
    const { id, roles } = known.manifest
    keepPasted({ type: id, parsed: known.parsed })
    router.push(`/workspace/connections/new/${id}?role=${roles.includes(role) ? role : roles[0]}`)
  }
  return (
    <Textarea
      id="paste"
      ref={focusWhenAsked}
      aria-label="Paste a connection string"
      placeholder="… or paste what you have: a URL, JDBC, DSN, ODBC, key=value, curl or lines of an .env file"
      leftSection={<IconClipboardText size={17} stroke={1.7} aria-hidden />}
      classNames={{ input: classes.paste }}
      rows={1}
      value={text}
      onChange={(event) => void take(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      error={isUnknown && 'No connector recognises this. Choose one below and fill in the form by hand.'}
    />
  )
}

// A link to `#paste` means this box and not the search above it.
const focusWhenAsked = (element: HTMLTextAreaElement | null): void => {
  if (window.location.hash === '#paste') element?.focus()
}
