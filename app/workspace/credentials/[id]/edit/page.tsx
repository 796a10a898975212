import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { FormHeader } from '#components/connections/form-header'
import { CredentialForm } from '#components/credentials/credential-form'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { isCredentialKind } from '#lib/credentials/kinds'
import { getCredential } from '#lib/credentials/operations'
import { formKind } from '../../../../../components/credentials/form-kinds.ts'

export const metadata: Metadata = { title: 'Edit credential' }

interface PageProps {
  params: Promise<{ id: string }>
  searchParams: Promise<{ replace?: string | string[] }>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { id } = await params
  const { replace } = await searchParams
  const credential = await foundOr404(getCredential(await pageActor(), { id }))
  if (!isCredentialKind(credential.kind) || credential.deleted_at !== null) notFound()
  const kind = formKind(credential.kind)
  return (
    <>
      <FormHeader
        title={`Edit ${credential.name}`}
        crumbs={[
          { label: 'Credentials', href: '/workspace/credentials' },
          { label: credential.name, href: `/workspace/credentials/${id}` },
        ]}
        subtitle={kind.summary}
      />
      <CredentialForm kind={kind} saved={credential} isReplacing={replace !== undefined} canShare={false} />
    </>
  )
}
