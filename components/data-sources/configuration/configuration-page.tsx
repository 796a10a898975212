'use client'
import { usePermissions } from '#components/layout/permissions'
import type { Capability } from '#lib/connectors/contract'
import type { SourceConfigurationView } from '#lib/data-sources/configuration'
import type { RefreshView } from '#lib/data-sources/schema'
import type { WebhookView } from '#lib/data-sources/webhook'
import sections from '../../layout/sections.module.css'
import side from '../side-page.module.css'
import classes from './configuration.module.css'
import { ConfigurationForm } from './configuration-form.tsx'
import { RefreshNow } from './refresh-now.tsx'
import { RefreshTable } from './refresh-table.tsx'
import { WebhookForm } from './webhook-form.tsx'

interface ConfigurationPageProps {
  source: { id: string; name: string; environment: string | null }
  capabilities: readonly Capability[]
  configuration: SourceConfigurationView
  refreshes: readonly RefreshView[]
  /** Undefined to those who may not set it. */
  webhook: WebhookView | undefined
}

/** How a data source is read: when, what of it, and how much a query may take. */
export const ConfigurationPage = ({
  source,
  capabilities,
  configuration,
  refreshes,
  webhook,
}: ConfigurationPageProps) => {
  const mayChange = usePermissions().includes('data-sources:configure')
  return (
    <div className={side.page}>
      <div className={sections.sections}>
        {capabilities.includes('discover') && (
          <section>
            <header className={classes.head}>
              <h2>Last refreshes</h2>
              <RefreshNow source={source.id} />
            </header>
            <RefreshTable source={source.id} refreshes={refreshes} />
          </section>
        )}
        <section>
          <h2>Source configuration</h2>
          {!mayChange && <p className={classes.note}>You may look at this. Integrators and admins may change it.</p>}
          <ConfigurationForm
            key={configuration.revision}
            source={source}
            saved={configuration}
            hasQueries={capabilities.includes('query')}
            isFixed={!mayChange}
          />
        </section>
        {webhook && (
          <section>
            <h2>Webhook on schema changes</h2>
            <p className={classes.note}>
              When a refresh finds the schema changed, a signed message names what is new, changed and gone; values are
              never sent. A receiver that is down gets it later, with the same id.
            </p>
            <WebhookForm key={webhook.revision} source={source.id} webhook={webhook} />
          </section>
        )}
      </div>
    </div>
  )
}
