import type { Metadata } from 'next'
import { ConnectionFormPage } from '#components/connections/connection-form-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { getConnector } from '#lib/connectors/operations'
import { attachedCredential, fittingCredentials } from '#lib/credentials/fitting-operations'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'New connection' }

type Query = Record<'role' | 'preset' | 'from', string | string[] | undefined>
interface PageProps {
  params: Promise<{ type: string }>
  searchParams: Promise<Partial<Query>>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { type } = await params
  const { role, preset, from } = await searchParams
  const actor = await pageActor()
  const connector = await foundOr404(getConnector(actor, { type }))
  const { permissions } = await getWorkspace(actor, {})
  const original = typeof from === 'string' ? await foundOr404(getConnection(actor, { ref: from })) : undefined
  const copied = original?.type === type ? original : undefined
  const [credentials, attached] = await Promise.all([
    fittingCredentials(actor, permissions, connector.credentials),
    attachedCredential(actor, permissions, copied?.credential_id),
  ])
  return (
    <ConnectionFormPage
      type={type}
      role={(role ?? copied?.role) === 'destination' ? 'destination' : 'source'}
      preset={typeof preset === 'string' ? preset : undefined}
      original={copied}
      credentials={credentials}
      attached={attached}
      permissions={permissions}
    />
  )
}
