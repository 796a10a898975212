'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import { environmentLabels } from '#lib/format/environment'
import classes from '../layout/toolbar.module.css'
import { useListAddress } from '../layout/use-list-address.ts'
import { useListKeys } from '../layout/use-list-keys.ts'
import { type CredentialQuery, credentialsHref, isNarrowed, parseCredentialQuery } from './list-query.ts'

interface ListToolbarProps {
  query: CredentialQuery
  types: readonly (readonly [value: string, words: string])[]
}

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
export const CredentialsToolbar = ({ query: shown, types }: ListToolbarProps) => {
  const { query, isPending, go } = useListAddress(credentialsHref(shown), parseCredentialQuery)
  const choose = (key: keyof CredentialQuery) => (value: string | null) => go(credentialsHref(query, { [key]: value }))
  useListKeys(searchId)
  return (
    <search className={classes.toolbar}>
      <SearchField
        id={searchId}
        label="Search credentials"
        placeholder="Search name, username or host"
        value={query.q}
        isPending={isPending}
        onSearch={(q) => go(credentialsHref(query, { q }))}
      />
      <FilterMenu label="Type" value={query.type} options={types} choose={choose('type')} />
      {query.status !== 'deleted' && (
        <FilterMenu label="Status" value={query.status} options={statuses} choose={choose('status')} />
      )}
      <FilterMenu
        label="Environment"
        value={query.environment}
        options={Object.entries(environmentLabels)}
        choose={choose('environment')}
      />
      <FilterMenu label="Used" value={query.used} options={uses} choose={choose('used')} />
      <FilterMenu
        label="Due"
        value={query.due}
        options={[
          ['soon', 'Soon or overdue'],
          ['overdue', 'Overdue'],
        ]}
        choose={choose('due')}
      />
      {isNarrowed(query) && (
        <ClearFilters href={credentialsHref(query.status === 'deleted' ? { status: 'deleted' } : {})} />
      )}
    </search>
  )
}
