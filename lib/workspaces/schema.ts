import * as z from 'zod'
import { permissionNames, roles } from '#lib/auth/permissions'

export const workspaceInput = z.strictObject({})

export const workspaceView = z.object({
  workspace: z.object({ id: z.string(), name: z.string() }),
  /** Who asks; for an API key its id and name, and no address. */
  user: z.object({ id: z.string(), name: z.string(), email: z.string().nullable(), role: z.enum(roles) }),
  permissions: z.array(
    z.enum(permissionNames as [(typeof permissionNames)[number], ...(typeof permissionNames)[number][]]),
  ),
  keys: z.object({
    source: z.enum(['file', 'env', 'missing', 'unknown']),
    /** Ids of the keys at hand; the first one seals. Ids are derived from the keys and say nothing about them. */
    key_ids: z.array(z.string()),
    /** Sentence for people when something is wrong with the keys. */
    problem: z.string().nullable(),
    /** Stored credentials whose sealing key is not here. */
    locked_credentials: z.array(z.object({ id: z.string(), name: z.string() })),
  }),
})
export type WorkspaceView = z.output<typeof workspaceView>
