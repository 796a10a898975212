import { IconX } from '@tabler/icons-react'
import Link from 'next/link'
import classes from './toolbar.module.css'

/** Back to the whole list. */
export const ClearFilters = ({ href }: { href: string }) => (
  <Link className={classes.clear} href={href}>
    <IconX size={14} stroke={1.8} aria-hidden />
    Clear
  </Link>
)
