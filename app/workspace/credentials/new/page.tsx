import type { Metadata } from 'next'
import { FormHeader } from '#components/connections/form-header'
import { CredentialForm } from '#components/credentials/credential-form'
import { KindCards, TypeCards } from '#components/credentials/type-cards'
import { pageActor } from '#lib/auth/page'
import { credentialTypeLabels } from '#lib/credentials/kinds'
import { getWorkspace } from '#lib/workspaces/operations'
import { formKindsOf } from '../../../../components/credentials/form-kinds.ts'

export const metadata: Metadata = { title: 'New credential' }

const all = { label: 'Credentials', href: '/workspace/credentials' }
const choose = { label: 'New credential', href: '/workspace/credentials/new' }

interface PageProps {
  searchParams: Promise<{ type?: string | string[]; kind?: string | string[] }>
}

export default async function Page({ searchParams }: PageProps) {
  const wanted = await searchParams
  const { permissions, credential_types } = await getWorkspace(await pageActor(), {})
  const type = credential_types.find((one) => one === wanted.type)
  if (type === undefined) {
    return (
      <>
        <FormHeader
          title="New credential"
          crumbs={[all]}
          subtitle="What does it open? It is encrypted before it is stored."
        />
        <TypeCards types={credential_types} />
      </>
    )
  }
  const kinds = formKindsOf(type)
  const kind = kinds.length === 1 ? kinds[0] : kinds.find((one) => one.kind === wanted.kind)
  if (kind === undefined) {
    return (
      <>
        <FormHeader
          title={credentialTypeLabels[type]}
          crumbs={[all, choose]}
          subtitle="How does it prove itself there?"
        />
        <KindCards kinds={kinds} />
      </>
    )
  }
  const up = { label: credentialTypeLabels[type], href: `/workspace/credentials/new?type=${type}` }
  return (
    <>
      <FormHeader
        title="New credential"
        crumbs={[all, choose, ...(kinds.length > 1 ? [up] : [])]}
        subtitle={kind.summary}
      />
      <CredentialForm kind={kind} canShare={permissions.includes('credentials:administer')} />
    </>
  )
}
