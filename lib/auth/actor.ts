import type { Permission, Role } from './permissions.ts'

/** Who is asking, already authenticated. `id` is a user id, an API key id or `system`. */
export interface Actor {
  kind: 'user' | 'api_key' | 'system'
  id: string
  /** Shown in the audit trail. */
  name: string
  workspaceId: string
  organizationId: string
  role: Role
  /** What an API key may do; a key can narrow its role, never widen it. */
  scopes?: readonly Permission[]
  sessionId?: string
  /** When the person behind a session last proved who they are. */
  authenticatedAt?: Date
  ip?: string
  userAgent?: string
}
