import type { Permission } from '#lib/auth/permissions'

/** Every permission as something a key may do. */
export const scopeWords = {
  'connectors:read': 'Read the catalog',
  'connections:read': 'See connections',
  'connections:write': 'Add and change connections',
  'connections:test': 'Test connections',
  'connections:delete': 'Delete and restore connections',
  'connections:purge': 'Delete connections permanently',
  'data-sources:read': 'List schemas and tables',
  'credentials:read': 'See credentials, never their secrets',
  'credentials:attach': 'Attach credentials to connections',
  'credentials:write': 'Create and replace secrets',
  'credentials:bind': 'Change where a secret may be sent',
  'api-keys:read': 'See API keys',
  'api-keys:write': 'Make and revoke API keys',
  'audit:read': 'Read the audit trail',
  'workspace:read': 'See the workspace and the state of its keys',
} as const satisfies Record<Permission, string>
