import type { Permission } from '#lib/auth/permissions'

/** Every permission as something a key may do. */
export const scopeWords = {
  'connectors:read': 'Read the catalog',
  'connections:read': 'See connections',
  'connections:write': 'Add and change connections',
  'connections:test': 'Test connections',
  'connections:resolve': 'Receive everything needed to log in, secrets included',
  'connections:delete': 'Delete and restore connections',
  'connections:purge': 'Delete connections permanently',
  'pipelines:read': 'See pipelines',
  'pipelines:write': 'Register, change and forget pipelines',
  'connection-views:write': 'Save views of the connections',
  'data-sources:read': 'List schemas and tables',
  'data-sources:query': 'Run queries that only read',
  'data-sources:write': 'Change data, where the source allows it',
  'data-sources:configure': 'Change the configuration of data sources',
  'data-sources:replicate': 'Set up change data capture and preview changes',
  'queries:write': 'Save, change and delete queries',
  'credentials:read': 'See credentials, never their secrets',
  'credentials:attach': 'Attach credentials to connections',
  'credentials:write': 'Create and replace secrets',
  'credentials:delete': 'Delete and restore credentials',
  'credentials:bind': 'Change where a secret may be sent',
  'credentials:purge': 'Delete credentials permanently',
  'credentials:administer': 'Manage credentials of the whole organization',
  'api-keys:read': 'See API keys',
  'api-keys:write': 'Make and revoke API keys',
  'audit:read': 'Read and verify the audit trail',
  'audit:export': 'Export the audit trail',
  'audit:write': 'Choose where the trail is sent and what raises an alert',
  'members:read': 'See members',
  'members:write': 'Invite, change and remove members',
  'grants:write': 'Give and take access to single objects',
  'keys:read': 'See the state of the encryption keys',
  'keys:write': 'Rotate encryption keys and export the recovery kit',
  'workspace:read': 'See the workspace and the state of its keys',
  'workspace:write': 'Change the settings of the workspace',
} as const satisfies Record<Permission, string>

/** Under which title the scopes of an object stand. */
export const scopeGroups: readonly (readonly [title: string, families: readonly string[]])[] = [
  ['Connections and data', ['connectors', 'connections', 'connection-views', 'pipelines', 'data-sources', 'queries']],
  ['Credentials', ['credentials']],
  ['People and access', ['members', 'grants', 'api-keys']],
  ['Audit', ['audit']],
  ['Encryption keys and workspace', ['keys', 'workspace']],
]
