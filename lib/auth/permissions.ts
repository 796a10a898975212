export const roles = ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'] as const
export type Role = (typeof roles)[number]

/** Who may do what. The permission's name is also the scope an API key carries. */
export const permissions = {
  'connectors:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  'connections:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
  'connections:write': ['owner', 'admin', 'integrator', 'builder'],
  'connections:test': ['owner', 'admin', 'integrator', 'builder', 'runner'],
  'connections:delete': ['owner', 'admin', 'integrator'],
  'connections:purge': ['owner', 'admin'],
  'data-sources:read': ['owner', 'admin', 'integrator', 'builder', 'viewer'],
  'credentials:read': ['owner', 'admin', 'integrator', 'builder'],
  'credentials:attach': ['owner', 'admin', 'integrator', 'builder'],
  'credentials:write': ['owner', 'admin', 'integrator'],
  'credentials:bind': ['owner', 'admin'],
  'api-keys:read': ['owner', 'admin'],
  'api-keys:write': ['owner', 'admin'],
  'audit:read': ['owner', 'admin'],
  'workspace:read': ['owner', 'admin', 'integrator', 'builder', 'viewer', 'runner'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

export const isAllowed = (role: Role, permission: Permission): boolean =>
  (permissions[permission] as readonly Role[]).includes(role)
