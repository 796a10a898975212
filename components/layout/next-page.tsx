import { ButtonLink } from './button-link.tsx'
import classes from './table.module.css'

/** The way to the rest of a long list. */
export const NextPage = ({ path, cursor }: { path: string; cursor: string | null }) =>
  cursor === null ? null : (
    <div className={classes.more}>
      <ButtonLink
        variant="default"
        href={`${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`}
      >
        Next page
      </ButtonLink>
    </div>
  )
