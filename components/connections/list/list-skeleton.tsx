import { Page } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import classes from './list-skeleton.module.css'

/** The list's outline while the server answers; the same heights, so that nothing moves afterwards. */
export const ListSkeleton = () => (
  <Page>
    <PageHeader title="Connections" lead="Every system your pipelines read from and write to." />
    <div className={classes.tabs} />
    <div className={classes.toolbar} />
    <div className={classes.table} role="status" aria-label="Loading the connections">
      {[62, 48, 70, 55, 66, 44, 58].map((share) => (
        <div key={share} className={classes.row}>
          <span className={classes.logo} />
          <span className={classes.line} style={{ width: `${share / 4}%` }} />
          <span className={classes.line} style={{ width: `${share / 3}%` }} />
        </div>
      ))}
    </div>
  </Page>
)
