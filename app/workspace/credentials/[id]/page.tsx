import type { Metadata } from 'next'
import { CredentialDetail } from '#components/credentials/credential-detail'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getCredential, listCredentialVersions, listUsedBy } from '#lib/credentials/operations'

export const metadata: Metadata = { title: 'Credential' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  const actor = await pageActor()
  const credential = await foundOr404(getCredential(actor, { id }))
  const [attached, versions] = await Promise.all([
    listUsedBy(actor, { id, limit: 100 }),
    listCredentialVersions(actor, { id, limit: 20 }),
  ])
  return (
    <CredentialDetail
      credential={credential}
      attachments={attached.items}
      hasMoreAttachments={attached.page.cursor !== null}
      versions={versions.items}
    />
  )
}
