export const roles = ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'] as const
export type Role = (typeof roles)[number]

/** Who may do what. The permission's name is also the scope an API key carries. */
export const permissions = {
  'connectors:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  'connections:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  'connections:write': ['owner', 'admin', 'integrator', 'builder'],
  /** Use: have a secret sent to where it is sealed to, by a test or a listing. */
  'connections:test': ['owner', 'admin', 'integrator', 'builder', 'runner'],
  /** Receive the secret itself; only an API key ever does, and only within its reach. */
  'connections:resolve': ['owner', 'admin', 'runner'],
  'connections:delete': ['owner', 'admin', 'integrator'],
  'connections:purge': ['owner', 'admin'],
  'pipelines:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  /** A pipeline engine registers what it runs with the key it has anyway. */
  'pipelines:write': ['owner', 'admin', 'integrator', 'builder', 'runner'],
  /** Named filters of the list: one's own; sharing them takes `connections:write`. */
  'connection-views:write': ['owner', 'admin', 'integrator', 'builder', 'viewer'],
  'data-sources:read': ['owner', 'admin', 'integrator', 'builder', 'viewer'],
  /** Reads everything the connection's login may read. */
  'data-sources:query': ['owner', 'admin', 'integrator', 'builder'],
  /** Changes data, where the source allows that at all. */
  'data-sources:write': ['owner', 'admin', 'integrator'],
  'data-sources:configure': ['owner', 'admin', 'integrator'],
  /** Makes and drops publications and slots at a source, and looks at its changes. */
  'data-sources:replicate': ['owner', 'admin', 'integrator'],
  /** Queries kept under a name: one's own and shared ones. */
  'queries:write': ['owner', 'admin', 'integrator', 'builder'],
  'credentials:read': ['owner', 'admin', 'integrator', 'builder'],
  'credentials:attach': ['owner', 'admin', 'integrator', 'builder'],
  'credentials:write': ['owner', 'admin', 'integrator'],
  'credentials:delete': ['owner', 'admin', 'integrator'],
  'credentials:bind': ['owner', 'admin'],
  'credentials:purge': ['owner', 'admin'],
  /** Credentials of the whole organization, and which types exist in it. */
  'credentials:administer': ['owner', 'admin'],
  'api-keys:read': ['owner', 'admin'],
  'api-keys:write': ['owner', 'admin'],
  'audit:read': ['owner', 'admin'],
  'audit:export': ['owner', 'admin'],
  /** Where the trail is sent to, and what raises an alert. */
  'audit:write': ['owner', 'admin'],
  'members:read': ['owner', 'admin', 'integrator', 'builder', 'viewer'],
  'members:write': ['owner', 'admin'],
  'grants:write': ['owner', 'admin'],
  'keys:read': ['owner', 'admin'],
  'keys:write': ['owner'],
  'workspace:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  'workspace:write': ['owner', 'admin'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

export const isAllowed = (role: Role, permission: Permission): boolean =>
  (permissions[permission] as readonly Role[]).includes(role)
