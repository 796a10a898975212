import { IconPlus } from '@tabler/icons-react'
import type { Metadata } from 'next'
import { CredentialsEmpty } from '#components/credentials/credentials-empty'
import { CredentialsTable } from '#components/credentials/credentials-table'
import { CredentialTabs } from '#components/credentials/list-tabs'
import { CredentialsToolbar } from '#components/credentials/list-toolbar'
import { ButtonLink } from '#components/layout/button-link'
import { NextPage } from '#components/layout/next-page'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { Allowed } from '#components/layout/permissions'
import { pageActor } from '#lib/auth/page'
import { credentialTypeLabels } from '#lib/credentials/kinds'
import { listCredentials } from '#lib/credentials/operations'
import { credentialsHref, isNarrowed, parseCredentialQuery } from '../../../components/credentials/list-query.ts'

export const metadata: Metadata = { title: 'Credentials' }

const lead = 'Encrypted logins. A secret is only ever sent to the system it was entered for, and never shown again.'

interface PageProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}

export default async function Page({ searchParams }: PageProps) {
  const params = await searchParams
  const query = parseCredentialQuery(params)
  const cursor = typeof params.cursor === 'string' ? params.cursor : undefined
  const { items, page } = await listCredentials(await pageActor(), { ...query, cursor })
  const isBin = query.status === 'deleted'
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
      <CredentialTabs current={isBin ? 'deleted' : 'all'} />
      {(items.length > 0 || isNarrowed(query)) && (
        <CredentialsToolbar query={query} types={Object.entries(credentialTypeLabels)} />
      )}
      {items.length === 0 ? (
        <CredentialsEmpty isBin={isBin} isNarrowed={isNarrowed(query)} />
      ) : (
        <CredentialsTable credentials={items} />
      )}
      <NextPage path={credentialsHref(query)} cursor={page.cursor} />
    </PageFrame>
  )
}
