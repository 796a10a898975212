import type { Permission, Role } from './permissions.ts'

/** A connection is within reach if both lists allow it; an empty list allows all. */
export interface Reach {
  connections: readonly string[]
  /** `none` stands for connections without an environment. */
  environments: readonly string[]
}

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
  /** The connections an API key reaches; everything unless given. */
  reach?: Reach
  /** The API key as it was sent: the engine asks for it before it hands out a secret. A call, so that nothing prints it. */
  presented?: () => string
  sessionId?: string
  /** When the person behind a session last proved who they are. */
  authenticatedAt?: Date
  /** The pipeline for which an API key says it works: a claim that is shown, and decides nothing. */
  pipeline?: string
  ip?: string
  userAgent?: string
}
