import type { Metadata } from 'next'
import { ConnectionFormPage } from '#components/connections/connection-form-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { manifestOf } from '#lib/connectors/catalog'
import { attachedCredential, fittingCredentials } from '#lib/credentials/fitting-operations'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'Edit connection' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const view = await foundOr404(getConnection(actor, { ref: connectionId }))
  const { permissions } = await getWorkspace(actor, {})
  const [credentials, attached] = await Promise.all([
    fittingCredentials(actor, permissions, manifestOf(view.type).credentials),
    attachedCredential(actor, permissions, view.credential_id),
  ])
  return (
    <ConnectionFormPage
      type={view.type}
      role={view.role}
      view={view}
      credentials={credentials}
      attached={attached}
      permissions={permissions}
    />
  )
}
