import { type GrantedKind, grantFor, grantLevels } from '#lib/auth/grant-levels'
import { type Permission, permissionNames, permissions, type Role } from '#lib/auth/permissions'

export const roleWords = {
  owner: 'Owner',
  admin: 'Admin',
  integrator: 'Integrator',
  builder: 'Builder',
  viewer: 'Viewer',
  runner: 'Runner',
} as const satisfies Record<Role, string>

/** What somebody with that role does here, in a sentence; the table of permissions has the whole of it. */
export const roleNotes = {
  owner: 'Everything, the encryption keys included.',
  admin: 'Everything but changing the encryption keys: members, API keys, the audit trail, all credentials.',
  integrator: 'Adds and changes connections and credentials, and replaces secrets.',
  builder: 'Adds and tests connections with the credentials that are there.',
  viewer: 'Looks at connections and tables; changes nothing and sees no credentials.',
  runner: 'For pipeline engines: reads and tests connections, nothing else.',
} as const satisfies Record<Role, string>

const levelWords: Record<GrantedKind, Record<string, string>> = {
  connection: { view: 'See it', use: 'Test and browse it', edit: 'Change it' },
  credential: { view: 'See it', attach: 'Attach it', replace: 'Replace its secret' },
}

export const levelWord = (kind: GrantedKind, level: string): string => levelWords[kind][level] ?? level

/** Who may do what with an object by role alone, from less to more. */
export const accessByRole = (kind: GrantedKind, restricted: boolean): (readonly [string, string])[] =>
  grantLevels[kind].map((level) => [levelWord(kind, level), rolesOf(permissionOf(kind, level), restricted)])

const permissionOf = (kind: GrantedKind, level: string): Permission | undefined =>
  permissionNames.find((name) => grantFor(name)?.kind === kind && grantFor(name)?.least === level)

const rolesOf = (permission: Permission | undefined, restricted: boolean): string =>
  (permission ? permissions[permission] : [])
    .filter((role) => !restricted || role === 'owner' || role === 'admin')
    .map((role) => roleWords[role])
    .join(', ')
