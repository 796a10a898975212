import * as z from 'zod'
import { roles } from '#lib/auth/permissions'
import { pageInput, pageMeta } from '#lib/core/page'
import { displayName } from '#lib/core/text'

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

export const invitationView = z.object({
  id: z.string(),
  email: z.string(),
  role: z.enum(roles),
  status: z.enum(['open', 'expired', 'revoked']),
  created_by: z.string(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
})
export type InvitationView = z.output<typeof invitationView>

export const inviteInput = z.strictObject({
  email: z.string().max(320, 'Enter an e-mail address such as you@example.com.'),
  role: z.enum(roles, `Use one of ${roles.join(', ')}.`),
})

/** The only answer that ever holds the link. */
export const createdInvitation = invitationView.extend({ link: z.string() })

export const listInvitationsInput = z.strictObject(pageInput)
export const invitationList = z.object({ items: z.array(invitationView), page: pageMeta })

const token = z.string().min(1, 'Open the link of the invitation.').max(256)

export const lookAtInvitationInput = z.strictObject({ token })
export const invitationFacts = z.object({
  workspace: z.string(),
  email: z.string(),
  role: z.enum(roles),
  /** Whether the address has an account already: its password joins, no new account is made. */
  has_account: z.boolean(),
})
export type InvitationFacts = z.output<typeof invitationFacts>

export const acceptInvitationInput = z.strictObject({
  token,
  /** Needed where no account exists yet. */
  name: displayName.optional(),
  /** For a new account, or the one of the account that exists. */
  password: z.string('Enter a password.').min(1, 'Enter a password.').max(4_096, 'Use at most 256 characters.'),
})
export const joined = z.object({ user_id: z.string(), workspace_id: z.string(), email: z.string() })

/** Who has access to one object beyond what roles say. */
export const accessView = z.object({
  object_id: z.string(),
  /** Only admins and those listed see and use it. */
  restricted: z.boolean(),
  revision: z.int(),
  grants: z.array(
    z.object({
      subject_id: z.string(),
      subject_name: z.string(),
      subject_kind: z.enum(['user', 'api_key']),
      level: z.string(),
      created_by: z.string(),
      created_at: z.iso.datetime(),
    }),
  ),
})
export type AccessView = z.output<typeof accessView>
