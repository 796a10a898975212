import type { ReactNode } from 'react'
import classes from './page.module.css'

/** The margins of an ordinary page. */
export const Page = ({ children }: { children: ReactNode }) => <div className={classes.page}>{children}</div>
