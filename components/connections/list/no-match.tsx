import Link from 'next/link'
import { ButtonLink } from '#components/layout/button-link'
import classes from './empty.module.css'
import { isFiltered, type ListQuery, listHref } from './list-query.ts'

/** Nothing in this view: because of the filters, the tab, or an empty bin. */
export const NoMatch = ({ query }: { query: ListQuery }) => {
  if (isFiltered(query)) {
    return (
      <div className={classes.small}>
        <h2>No connection matches</h2>
        <p>Try another word, or remove a filter.</p>
        <ButtonLink variant="default" href={listHref({}, { role: query.role ?? null, deleted: query.deleted ?? null })}>
          Clear search and filters
        </ButtonLink>
      </div>
    )
  }
  if (query.deleted) {
    return (
      <div className={classes.small}>
        <h2>Nothing is deleted</h2>
        <p>Deleted connections stay here until someone removes them for good.</p>
      </div>
    )
  }
  const role = query.role ?? 'source'
  return (
    <div className={classes.small}>
      <h2>No {role}s yet</h2>
      <p>
        {role === 'source' ? 'A source is where pipelines read from.' : 'A destination is where pipelines write to.'}{' '}
        <Link href={`/workspace/connections/new?role=${role}`}>Add the first one</Link>
      </p>
    </div>
  )
}
