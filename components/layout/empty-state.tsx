import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

/** A list with nothing in it: what would be here, and how it gets here. */
export const EmptyState = ({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) => (
  <section className={classes.empty}>
    <h2>{title}</h2>
    <p>{children}</p>
    {action}
  </section>
)
