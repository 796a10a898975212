import type { Metadata } from 'next'
import { ConfigurationPage } from '#components/data-sources/configuration/configuration-page'
import { foundOr404 } from '#components/layout/found-or-404'
import { pageActor } from '#lib/auth/page'
import { isAllowed } from '#lib/auth/permissions'
import { getConnection } from '#lib/connections/operations'
import { findManifest } from '#lib/connectors/catalog'
import { getConfiguration } from '#lib/data-sources/configuration-operations'
import { listRefreshes } from '#lib/data-sources/refresh-operations'
import { getWebhook } from '#lib/data-sources/webhook-operations'

export const metadata: Metadata = { title: 'Source configuration' }

export default async function Page({ params }: { params: Promise<{ connectionId: string }> }) {
  const { connectionId } = await params
  const actor = await pageActor()
  const { id: ref, name, environment, type } = await foundOr404(getConnection(actor, { ref: connectionId }))
  const capabilities = findManifest(type)?.capabilities ?? []
  const maySend = capabilities.includes('discover') && isAllowed(actor.role, 'data-sources:configure')
  const [configuration, refreshes, webhook] = await Promise.all([
    getConfiguration(actor, { ref }),
    listRefreshes(actor, { ref, limit: 20 }),
    maySend ? getWebhook(actor, { ref }) : undefined,
  ])
  return (
    <ConfigurationPage
      source={{ id: ref, name, environment }}
      capabilities={capabilities}
      configuration={configuration}
      refreshes={refreshes.items}
      webhook={webhook}
    />
  )
}
