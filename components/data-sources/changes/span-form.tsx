'use client'
import { Button, NativeSelect } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState, useSyncExternalStore } from 'react'
import type { ObjectName } from '#lib/data-sources/schema'
import { exactTime } from '#lib/format/time'
import { changesLink } from '../changes-link.ts'
import classes from './changes.module.css'

export interface Moment {
  id: string
  started_at: string
}

interface SpanFormProps {
  source: string
  /** What the page is narrowed to. */
  only: ObjectName | undefined
  /** Every refresh that read something, the newest first. */
  moments: readonly Moment[]
  from: string | undefined
  to: string | undefined
}

/** Any two moments, laid side by side; the address carries both. */
export const SpanForm = ({ source, only, moments, from, to }: SpanFormProps) => {
  const router = useRouter()
  const [span, setSpan] = useState({ from: from ?? moments.at(-1)?.id ?? '', to: to ?? moments[0]?.id ?? '' })
  // The server knows no time zone of the reader's.
  const zone = useSyncExternalStore(noChange, ownZone, serverZone)
  const data = moments.map(({ id, started_at }) => ({ value: id, label: exactTime(started_at, zone) }))
  const pick = (end: 'from' | 'to') => ({
    value: span[end],
    data,
    size: 'xs' as const,
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setSpan((now) => ({ ...now, [end]: value })),
  })
  const compare = (event: FormEvent) => {
    event.preventDefault()
    router.push(changesLink(source, only, span))
  }
  return (
    <form className={classes.span} onSubmit={compare} aria-label="Any two moments">
      <NativeSelect label="From" {...pick('from')} />
      <NativeSelect label="To" {...pick('to')} />
      <Button type="submit" size="xs" variant="default" disabled={span.from === span.to}>
        Show what is different
      </Button>
    </form>
  )
}

const noChange = () => () => undefined
const ownZone = () => undefined
const serverZone = () => 'UTC'
