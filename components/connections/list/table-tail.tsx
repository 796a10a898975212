import { Button } from '@mantine/core'
import classes from './list.module.css'

export interface MoreRows {
  isLoading: boolean
  /** It did not come; only the person asks again. */
  hasFailed: boolean
  load(): void
}

/** The last row while there is more to load. */
export const TableTail = ({ more, columns }: { more: MoreRows; columns: number }) => (
  <tr className={classes.tail}>
    <td colSpan={columns}>
      {more.hasFailed ? (
        <>
          The next connections did not load.{' '}
          <Button size="compact-sm" variant="default" onClick={more.load}>
            Try again
          </Button>
        </>
      ) : (
        'Loading more…'
      )}
    </td>
  </tr>
)
