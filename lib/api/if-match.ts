import * as z from 'zod'
import type { Actor } from '#lib/auth/actor'
import { AppError } from '#lib/core/errors'
import { requiresIfMatch } from './store.ts'

/** Methods whose If-Match counts. */
export const conditionalMethods: ReadonlySet<string> = new Set(['PUT', 'PATCH', 'DELETE'])

/** Where the workspace wants it, a change of something that has versions says on which one it was made (API-10). */
export const requireIfMatch = async (request: Request, actor: Actor, input: z.ZodType): Promise<void> => {
  if (!conditionalMethods.has(request.method) || request.headers.has('if-match') || !hasVersions(input)) return
  if (!(await requiresIfMatch(actor.workspaceId))) return
  throw new AppError(
    'precondition_required',
    'In this workspace a change says which version it was made on: read the object and send its ETag as If-Match.',
  )
}

const hasVersions = (input: z.ZodType): boolean => input instanceof z.ZodObject && 'if_match' in input.shape
