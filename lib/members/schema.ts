import * as z from 'zod'
import { roles } from '#lib/auth/permissions'
import { pageInput, pageMeta } from '#lib/core/page'

export const memberView = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(roles),
  status: z.enum(['active', 'disabled']),
  /** Whether it is the one who asks. */
  is_you: z.boolean(),
  joined_at: z.iso.datetime(),
  last_sign_in_at: z.iso.datetime().nullable(),
  revision: z.int(),
})
export type MemberView = z.output<typeof memberView>

export const listMembersInput = z.strictObject(pageInput)
export const memberList = z.object({ items: z.array(memberView), page: pageMeta })

const id = z.string().min(1).max(64)
const ifMatch = z.string().max(256).optional()

export const memberRef = z.strictObject({ id })
export const leaveInput = z.strictObject({ id, if_match: ifMatch })
export const changeMemberInput = z.strictObject({
  id,
  role: z.enum(roles, `Use one of ${roles.join(', ')}.`),
  if_match: ifMatch,
})

const named = z.object({ id: z.string(), name: z.string() })

/** What a person can still reach or knows: shown before they leave, and answered when they did. */
const footprint = z.object({
  /** Browsers that are signed in. */
  sessions: z.int(),
  /** Keys they made that still work, also by way of another key. */
  api_keys: z.array(named),
  /** Links they sent that nobody has used yet. */
  invitations: z.int(),
  /** Credentials whose secret they typed: they may know it by heart. */
  credentials: z.array(named.extend({ used_by: z.int() })),
})
export type Footprint = z.output<typeof footprint>

export const memberFootprint = footprint.extend({ member: memberView })
export type MemberFootprint = z.output<typeof memberFootprint>

/** What was done when somebody left. */
export const leaveReport = z.object({
  id: z.string(),
  sessions_ended: z.int(),
  invitations_revoked: z.int(),
  keys_revoked: z.array(named),
  credentials_to_rotate: z.array(named.extend({ used_by: z.int() })),
})
export type LeaveReport = z.output<typeof leaveReport>

export const changedMember = memberView.extend({
  sessions_ended: z.int(),
  /** Keys they made that did more than the new role does; they do no more than it now. */
  keys_narrowed: z.array(named),
})
