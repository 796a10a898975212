import type { Metadata } from 'next'
import { Account } from '#components/account/account'
import { Page as PageFrame } from '#components/layout/page'
import { listIdentities } from '#lib/auth/identity-operations'
import { pageActor, providerName } from '#lib/auth/page'
import { listSessions, readSession } from '#lib/auth/session-operations'
import { getWorkspace } from '#lib/workspaces/operations'
import { refusalSentence } from '../../../components/auth/refusals.ts'

export const metadata: Metadata = { title: 'Your account' }

export default async function Page({ searchParams }: { searchParams: Promise<{ error?: string | string[] }> }) {
  const actor = await pageActor()
  const [{ user }, { has_password }, sessions, identities, { error }] = await Promise.all([
    getWorkspace(actor, {}),
    readSession(actor, {}),
    listSessions(actor, {}),
    listIdentities(actor, {}),
    searchParams,
  ])
  const provider = providerName()
  return (
    <PageFrame>
      <Account
        user={user}
        hasPassword={has_password}
        sessions={sessions.items}
        identities={identities.items}
        provider={provider}
        refusal={refusalSentence(error, provider ?? 'the provider')}
      />
    </PageFrame>
  )
}
