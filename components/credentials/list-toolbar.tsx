'use client'
import { TextInput } from '@mantine/core'
import { useDebouncedCallback, useWindowEvent } from '@mantine/hooks'
import { IconSearch, IconX } from '@tabler/icons-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { FilterMenu } from '#components/connections/list/filter-menu'
import { Keys } from '#components/layout/keys'
import list from '../connections/list/list.module.css'
import { type CredentialQuery, credentialsHref, isNarrowed } from './list-query.ts'
import { moveToRow } from './row-focus.ts'

interface ListToolbarProps {
  query: CredentialQuery
  types: readonly (readonly [value: string, words: string])[]
}

const environments = [
  ['prod', 'Production'],
  ['staging', 'Staging'],
  ['dev', 'Development'],
] as const
const statuses = [
  ['active', 'Active'],
  ['disabled', 'Disabled'],
] as const
const uses = [
  ['true', 'Used'],
  ['false', 'Not used'],
] as const

const searchId = 'credentials-search'

/** Search and filters; all they do is change the URL. */
export const CredentialsToolbar = ({ query, types }: ListToolbarProps) => {
  const router = useRouter()
  const [isPending, start] = useTransition()
  const go = (href: string) => start(() => router.replace(href, { scroll: false }))
  const choose = (key: keyof CredentialQuery) => (value: string | null) => go(credentialsHref(query, { [key]: value }))
  useWindowEvent('keydown', onListKey)
  return (
    <search className={list.toolbar} aria-busy={isPending}>
      <SearchField key={query.q === undefined ? 'empty' : 'set'} query={query} go={go} />
      <FilterMenu label="Type" value={query.type} options={types} choose={choose('type')} />
      {query.status !== 'deleted' && (
        <FilterMenu label="Status" value={query.status} options={statuses} choose={choose('status')} />
      )}
      <FilterMenu label="Environment" value={query.environment} options={environments} choose={choose('environment')} />
      <FilterMenu label="Used" value={query.used} options={uses} choose={choose('used')} />
      <FilterMenu label="Due" value={query.due} options={[['soon', 'Soon or overdue']]} choose={choose('due')} />
      {isNarrowed(query) && (
        <Link className={list.clear} href={credentialsHref(query.status === 'deleted' ? { status: 'deleted' } : {})}>
          <IconX size={14} stroke={1.8} aria-hidden />
          Clear
        </Link>
      )}
    </search>
  )
}

const SearchField = ({ query, go }: { query: CredentialQuery; go(href: string): void }) => {
  const [text, setText] = useState(query.q ?? '')
  const search = useDebouncedCallback((q: string) => go(credentialsHref(query, { q: q.trim() || null })), 180)
  return (
    <TextInput
      id={searchId}
      type="search"
      className={list.search ?? ''}
      leftSection={<IconSearch size={15} stroke={1.8} aria-hidden />}
      rightSection={text === '' ? <Keys keys={['/']} /> : null}
      aria-label="Search credentials"
      placeholder="Search name, username or host"
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        search(event.currentTarget.value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') event.currentTarget.blur()
      }}
    />
  )
}

/** j and k move between rows, / searches; Enter follows the row's link by itself. */
const onListKey = (event: KeyboardEvent): void => {
  const isElsewhere =
    event.target instanceof Element && event.target.closest('input, textarea, select, [role=menu], [role=dialog]')
  if (event.metaKey || event.ctrlKey || event.altKey || isElsewhere) return
  if (event.key === 'j') moveToRow(1)
  else if (event.key === 'k') moveToRow(-1)
  else if (event.key === '/') document.getElementById(searchId)?.focus()
  else return
  event.preventDefault()
}
