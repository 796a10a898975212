import type { Metadata } from 'next'
import { CatalogPage } from '#components/connectors/catalog-page'
import { pageActor } from '#lib/auth/page'
import { listConnectors } from '#lib/connectors/operations'

export const metadata: Metadata = { title: 'New connection' }

export default async function Page() {
  const { items } = await listConnectors(await pageActor(), {})
  return <CatalogPage connectors={items} />
}
