import type { Metadata } from 'next'
import { ConnectionFormPage } from '#components/connections/connection-form-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { listCredentials } from '#lib/credentials/operations'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'Edit connection' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const view = await foundOr404(getConnection(actor, { ref: connectionId }))
  const { permissions } = await getWorkspace(actor, {})
  const mayRead = permissions.includes('credentials:read')
  const { items } = mayRead ? await listCredentials(actor, { limit: 200 }) : { items: [] }
  return (
    <ConnectionFormPage type={view.type} role={view.role} view={view} credentials={items} permissions={permissions} />
  )
}
