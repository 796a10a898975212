import { IconX } from '@tabler/icons-react'
import Link from 'next/link'
import classes from './toolbar.module.css'

/** Back to the whole list; it goes with the filters, so the search takes the focus. */
export const ClearFilters = ({ href }: { href: string }) => (
  <Link
    className={classes.clear}
    href={href}
    onClick={({ currentTarget }) =>
      currentTarget.closest('search')?.querySelector<HTMLElement>('input[type=search]')?.focus()
    }
  >
    <IconX size={14} stroke={1.8} aria-hidden />
    Clear
  </Link>
)
