import type { Metadata } from 'next'
import { CredentialForm } from '#components/credentials/credential-form'
import { Page as PageFrame } from '#components/layout/page'
import { PageHeader } from '#components/layout/page-header'
import { pageActor } from '#lib/auth/page'

export const metadata: Metadata = { title: 'New credential' }

export default async function Page() {
  await pageActor()
  return (
    <PageFrame>
      <PageHeader
        title="New credential"
        lead="A database username and password, encrypted before it is stored. Connections refer to it by name."
      />
      <CredentialForm />
    </PageFrame>
  )
}
