'use client'
import { ClearFilters } from '#components/layout/clear-filters'
import { FilterMenu } from '#components/layout/filter-menu'
import { SearchField } from '#components/layout/search-field'
import classes from '../layout/toolbar.module.css'
import { useListAddress } from '../layout/use-list-address.ts'
import { useListKeys } from '../layout/use-list-keys.ts'
import { type PipelineQuery, parsePipelineQuery, pipelinesHref } from './list-query.ts'

const states = [
  ['true', 'Active'],
  ['false', 'Inactive'],
] as const

const searchId = 'pipelines-search'

/** Search and filters; all they do is change the URL. */
export const PipelinesToolbar = ({ query: shown }: { query: PipelineQuery }) => {
  const { query, isPending, ...address } = useListAddress(pipelinesHref(shown), parsePipelineQuery)
  const go = (change: { [K in keyof PipelineQuery]?: string | null }) => address.go(pipelinesHref(query, change))
  useListKeys(searchId)
  return (
    <search className={classes.toolbar}>
      <SearchField
        id={searchId}
        label="Search pipelines"
        placeholder="Search name or key"
        value={query.q}
        isPending={isPending}
        onSearch={(q) => go({ q })}
      />
      <FilterMenu label="State" value={query.active} options={states} choose={(active) => go({ active })} />
      <FilterMenu
        label="References"
        value={query.broken}
        options={[['true', 'Some lead nowhere']]}
        choose={(broken) => go({ broken })}
      />
      {Object.keys(query).length > 0 && <ClearFilters href={pipelinesHref({})} />}
    </search>
  )
}
