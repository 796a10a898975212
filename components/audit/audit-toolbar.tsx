'use client'
import { NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import type { FormEvent } from 'react'
import { ClearFilters } from '#components/layout/clear-filters'
import toolbar from '../layout/toolbar.module.css'
import classes from './audit.module.css'
import { type AuditQuery, auditHref, auditPath, families, outcomeWords, parseAuditQuery } from './audit-query.ts'

/** Search and filters; all they do is change the address. Without JavaScript it is a form that does the same. */
export const AuditToolbar = ({ query }: { query: AuditQuery }) => {
  const router = useRouter()
  const apply = (form: HTMLFormElement) => {
    const entries = [...new FormData(form)].map(([name, value]) => [name, String(value)] as const)
    router.replace(auditHref(parseAuditQuery(Object.fromEntries(entries))), { scroll: false })
  }
  const later = useDebouncedCallback(apply, 220)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    apply(event.currentTarget)
  }
  return (
    <search>
      <form
        className={toolbar.toolbar}
        action={auditPath}
        onSubmit={submit}
        onChange={(event) => later(event.currentTarget)}
        // The fields keep what is typed; a cleared address starts them over.
        key={Object.keys(query).length === 0 ? 'empty' : 'set'}
      >
        <TextInput
          type="search"
          name="q"
          className={classes.search ?? ''}
          leftSection={<IconSearch size={15} stroke={1.8} aria-hidden />}
          aria-label="Search the audit trail"
          placeholder="Search action, name, address or request"
          defaultValue={query.q}
        />
        {(['actor', 'object'] as const).map((name) => (
          <TextInput
            key={name}
            name={name}
            className={classes.person ?? ''}
            aria-label={people[name]}
            placeholder={people[name]}
            defaultValue={query[name]}
          />
        ))}
        <NativeSelect
          name="event"
          aria-label="Kind of event"
          defaultValue={query.event ?? ''}
          data={eventOptions(query.event)}
        />
        <NativeSelect name="outcome" aria-label="Outcome" defaultValue={query.outcome ?? ''} data={outcomeOptions} />
        {days.map(([name, word]) => (
          <TextInput
            key={name}
            type="date"
            name={name}
            leftSection={
              <span aria-hidden className={classes.day}>
                {word}
              </span>
            }
            leftSectionWidth={44}
            aria-label={`${word} day`}
            defaultValue={query[name]}
          />
        ))}
        {Object.keys(query).length > 0 && <ClearFilters href={auditPath} />}
      </form>
    </search>
  )
}

const people = { actor: 'Who', object: 'Object' } as const

const days = [
  ['since', 'From'],
  ['until', 'To'],
] as const

const option = ([value, label]: readonly [string, string]) => ({ value, label })

const eventOptions = (chosen: string | undefined) => {
  const isSingle = chosen !== undefined && !families.some(([family]) => family === chosen)
  return [['', 'Every event'] as const, ...(isSingle ? [[chosen, chosen] as const] : []), ...families].map(option)
}

const outcomeOptions = [['', 'Every outcome'] as const, ...Object.entries(outcomeWords)].map(option)
