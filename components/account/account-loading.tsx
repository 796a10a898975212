import { Page } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import sections from '../layout/sections.module.css'
import classes from './account.module.css'

/** The page's outline while the server answers. */
export const AccountLoading = () => (
  <Page>
    <div className={sections.sections} role="status" aria-label="Loading your account">
      <PageHeader title="Your account" lead="How you get in, and where you are signed in." />
      <div className={classes.block} />
      <div className={classes.block} />
      <div className={classes.block} />
    </div>
  </Page>
)
