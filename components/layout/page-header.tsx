import type { ReactNode } from 'react'
import classes from './page.module.css'

interface PageHeaderProps {
  title: string
  /** One sentence under the title. */
  lead?: ReactNode
  actions?: ReactNode
}

/** The first line of a page: what it is, and what one can start here. */
export const PageHeader = ({ title, lead, actions }: PageHeaderProps) => (
  <header className={classes.header}>
    <div>
      <h1>{title}</h1>
      {lead && <p className={classes.lead}>{lead}</p>}
    </div>
    {actions && <div className={classes.actions}>{actions}</div>}
  </header>
)
