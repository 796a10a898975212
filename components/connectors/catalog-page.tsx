import { FormHeader } from '#components/connections/form-header'
import { Catalog } from './catalog.tsx'
import type { CatalogConnector } from './catalog-search.ts'

/** The page that asks what to connect to. */
export const CatalogPage = ({ connectors }: { connectors: readonly CatalogConnector[] }) => (
  <>
    <FormHeader title="New connection" crumbs={[{ label: 'Connections', href: '/workspace/connections' }]} />
    <Catalog connectors={connectors} />
  </>
)
