import type { TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './explorer.module.css'

interface DetailTitleProps {
  icon: TablerIcon
  name: { schema: string; name: string }
  /** What can be done with it. */
  children: ReactNode
}

/** What is shown, as `schema.name`. */
export const DetailTitle = ({ icon: Icon, name: { schema, name }, children }: DetailTitleProps) => (
  <div className={classes.detailTitle}>
    <Icon size={18} stroke={1.6} aria-hidden />
    <h2>
      <bdi className={classes.schemaName}>{schema}</bdi>
      <span className={classes.schemaName}>.</span>
      <bdi>{name}</bdi>
    </h2>
    <div className={classes.copies}>{children}</div>
  </div>
)
