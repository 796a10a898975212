import type { Metadata } from 'next'
import { ConnectionFormPage } from '#components/connections/connection-form-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnector } from '#lib/connectors/operations'
import { listCredentials } from '#lib/credentials/operations'
import { getWorkspace } from '#lib/workspaces/operations'

export const metadata: Metadata = { title: 'New connection' }

interface PageProps {
  params: Promise<{ type: string }>
  searchParams: Promise<{ role?: string | string[]; preset?: string | string[] }>
}

export default async function Page({ params, searchParams }: PageProps) {
  const { type } = await params
  const { role, preset } = await searchParams
  const actor = await pageActor()
  await foundOr404(getConnector(actor, { type }))
  const { permissions } = await getWorkspace(actor, {})
  const mayRead = permissions.includes('credentials:read')
  const { items } = mayRead ? await listCredentials(actor, { limit: 200 }) : { items: [] }
  return (
    <ConnectionFormPage
      type={type}
      role={role === 'destination' ? 'destination' : 'source'}
      preset={typeof preset === 'string' ? preset : undefined}
      credentials={items}
      permissions={permissions}
    />
  )
}
