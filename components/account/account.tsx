import { Facts } from '#components/layout/facts'
import { PageHeader } from '#components/layout/page-header'
import type { IdentityView, SessionView } from '#lib/auth/schema'
import type { WorkspaceView } from '#lib/workspaces/schema'
import sections from '../layout/sections.module.css'
import classes from './account.module.css'
import { Identities } from './identities.tsx'
import { PasswordForm } from './password-form.tsx'
import { Sessions } from './sessions.tsx'

export interface AccountProps {
  user: WorkspaceView['user']
  hasPassword: boolean
  sessions: readonly SessionView[]
  identities: readonly IdentityView[]
  /** The identity provider that is set up here, if there is one. */
  provider: string | undefined
  /** Why linking did not work. */
  refusal: string | undefined
}

/** Who one is here, how one gets in, and where one is signed in. */
export const Account = ({ user, hasPassword, sessions, identities, provider, refusal }: AccountProps) => (
  <div className={sections.sections}>
    <PageHeader title="Your account" lead="How you get in, and where you are signed in." />
    <section>
      <h2>You</h2>
      <Facts
        label="You"
        facts={[
          ['Name', user.name],
          ['E-mail', user.email ?? '—'],
          [
            'Role',
            <span key="role" className={sections.role}>
              {user.role}
            </span>,
          ],
        ]}
      />
    </section>
    <section aria-labelledby="password">
      <h2 id="password">Password</h2>
      {hasPassword ? (
        <PasswordForm name={user.name} email={user.email ?? ''} />
      ) : (
        <p className={classes.none}>You have none: you sign in at your identity provider.</p>
      )}
    </section>
    {(provider !== undefined || identities.length > 0) && (
      <Identities identities={identities} provider={provider} hasPassword={hasPassword} refusal={refusal} />
    )}
    <Sessions sessions={sessions} />
  </div>
)
