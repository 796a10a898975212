import type { Metadata } from 'next'
import { CredentialDetail } from '#components/credentials/credential-detail'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getCredential } from '#lib/credentials/operations'

export const metadata: Metadata = { title: 'Credential' }

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return <CredentialDetail credential={await foundOr404(getCredential(await pageActor(), { id }))} />
}
