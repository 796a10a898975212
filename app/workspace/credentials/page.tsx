import { IconPlus } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { CredentialsTable } from '#components/credentials/credentials-table'
import { ButtonLink } from '#components/layout/button-link'
import { EmptyState } from '#components/layout/empty-state'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { Allowed } from '#components/layout/permissions'
import { pageActor } from '#lib/auth/page'
import { listCredentials } from '#lib/credentials/operations'

export const metadata: Metadata = { title: 'Credentials' }

const lead = 'Encrypted logins. A secret is only ever sent to the system it was entered for, and never shown again.'

export default async function Page({ searchParams }: { searchParams: Promise<{ cursor?: string }> }) {
  const { cursor } = await searchParams
  const { items, page } = await listCredentials(await pageActor(), { cursor })
  const add = (
    <Allowed to="credentials:write">
      <ButtonLink href="/workspace/credentials/new" leftSection={<IconPlus size={16} stroke={2} aria-hidden />}>
        New credential
      </ButtonLink>
    </Allowed>
  )
  return (
    <PageFrame>
      <PageHeader title="Credentials" lead={lead} actions={add} />
      {items.length === 0 ? (
        <EmptyState title="No credentials yet">
          Type a login on a connection’s form and it is kept here, or make one first and share it between connections.
        </EmptyState>
      ) : (
        <CredentialsTable credentials={items} />
      )}
      <NextPage path="/workspace/credentials" cursor={page.cursor} />
    </PageFrame>
  )
}
