import type { Permission } from '#lib/auth/permissions'
import type { Capability } from '#lib/connectors/contract'

interface Side {
  label: string
  /** Behind the address of the data source. */
  path: '' | `/${string}`
  /** What its connector must be able to do; any of them. */
  needs: readonly Capability[]
  permission: Permission
}

const sides: readonly Side[] = [
  { label: 'Tables', path: '', needs: ['discover'], permission: 'data-sources:read' },
  { label: 'Files', path: '', needs: ['files'], permission: 'data-sources:read' },
  { label: 'SQL', path: '/sql', needs: ['query'], permission: 'data-sources:query' },
  { label: 'Changes', path: '/changes', needs: ['discover'], permission: 'data-sources:read' },
  { label: 'Compare', path: '/comparison', needs: ['discover'], permission: 'data-sources:read' },
  { label: 'CDC', path: '/cdc', needs: ['replicate'], permission: 'data-sources:read' },
  { label: 'Configuration', path: '/configuration', needs: ['discover', 'query'], permission: 'data-sources:read' },
]

export const sidesOf = (capabilities: readonly Capability[]): Side[] =>
  sides.filter(({ needs }) => needs.some((one) => capabilities.includes(one)))
