import type { Metadata } from 'next'
import { ConfigurationPage } from '#components/data-sources/configuration/configuration-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { getConfiguration } from '#lib/data-sources/configuration-operations'
import { listRefreshes } from '#lib/data-sources/refresh-operations'

export const metadata: Metadata = { title: 'Source configuration' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const { id: ref, name, environment, type } = await foundOr404(getConnection(actor, { ref: connectionId }))
  const [configuration, refreshes] = await Promise.all([
    getConfiguration(actor, { ref }),
    listRefreshes(actor, { ref, limit: 20 }),
  ])
  const capabilities = findManifest(type)?.capabilities ?? []
  return (
    <ConfigurationPage
      source={{ id: ref, name, environment }}
      capabilities={capabilities}
      configuration={configuration}
      refreshes={refreshes.items}
    />
  )
}
