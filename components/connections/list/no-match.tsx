import Link from 'next/link'
import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { isFiltered, type ListQuery, listHref } from './list-query.ts'

/** Nothing in this view: because of the filters, the tab, or an empty bin. */
export const NoMatch = ({ query }: { query: ListQuery }) => {
  if (isFiltered(query)) {
    return (
      <EmptyState
        title="No connection matches"
        action={
          <ButtonLink
            variant="default"
            href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null })}
          >
            Clear search and filters
          </ButtonLink>
        }
      >
        Try another word, or remove a filter.
      </EmptyState>
    )
  }
  if (query.deleted) {
    return (
      <EmptyState title="Nothing is deleted">
        Deleted connections stay here until someone removes them for good.
      </EmptyState>
    )
  }
  const role = query.role ?? 'source'
  return (
    <EmptyState title={`No ${role}s yet`}>
      {role === 'source' ? 'A source is where pipelines read from.' : 'A destination is where pipelines write to.'}{' '}
      <Link href={`/workspace/connections/new?role=${role}`}>Add the first one</Link>
    </EmptyState>
  )
}
