import type { Capability } from '#lib/connectors/contract'

/** What there is to look into behind a connector: the page of a data source shows one of them. */
export type Inside = 'tables' | 'files'

export const insideOf = (capabilities: readonly Capability[]): Inside | undefined =>
  capabilities.includes('discover') ? 'tables' : capabilities.includes('files') ? 'files' : undefined

/** What opens it, in menus, and where there is little room. */
export const insideWords = {
  tables: { open: 'Discover Tables', short: 'Tables' },
  files: { open: 'Browse files', short: 'Files' },
} as const satisfies Record<Inside, { open: string; short: string }>
