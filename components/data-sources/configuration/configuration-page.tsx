'use client'
import { usePermissions } from '#components/layout/permissions'
import type { Capability } from '#lib/connectors/contract'
import type { SourceConfigurationView } from '#lib/data-sources/configuration'
import type { RefreshView } from '#lib/data-sources/schema'
import sections from '../../layout/sections.module.css'
import classes from './configuration.module.css'
import { ConfigurationForm } from './configuration-form.tsx'
import { RefreshNow } from './refresh-now.tsx'
import { RefreshTable } from './refresh-table.tsx'

interface ConfigurationPageProps {
  source: { id: string; name: string; environment: string | null }
  capabilities: readonly Capability[]
  configuration: SourceConfigurationView
  refreshes: readonly RefreshView[]
}

/** How a data source is read: when, what of it, and how much a query may take. */
export const ConfigurationPage = ({ source, capabilities, configuration, refreshes }: ConfigurationPageProps) => {
  const mayChange = usePermissions().includes('data-sources:configure')
  return (
    <div className={classes.page}>
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
      </div>
    </div>
  )
}
