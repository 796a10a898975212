'use client'
import { usePathname } from 'next/navigation'
import { usePermissions } from '#components/layout/permissions'
import { Tabs } from '#components/layout/tabs'
import type { Capability } from '#lib/connectors/contract'
import { sidesOf } from './source-sides.ts'

/** The sides of a data source that its connector has and this person may see. */
export const SourceTabs = ({ source, capabilities }: { source: string; capabilities: readonly Capability[] }) => {
  const here = usePathname()
  const permissions = usePermissions()
  const base = `/workspace/data-sources/${source}`
  const sides = sidesOf(capabilities).filter(({ permission }) => permissions.includes(permission))
  if (sides.length < 2) return null
  return (
    <Tabs
      label="Data source"
      tabs={sides.map(({ label, path }) => ({ label, href: `${base}${path}`, isCurrent: isAt(here, path) }))}
    />
  )
}

// The address may name the connection by its slug, so only what stands behind it is compared.
const isAt = (here: string, path: string): boolean => (here.split('/').slice(4).join('/') || '') === path.slice(1)
