import { sshWords } from '../_ssh/causes.ts'
import type { SshFacts } from '../_ssh/failure.ts'
import { at, type CauseRow, type CauseTable, type PlaceFacts, reachCauses, setting, shell } from '../_test/causes.ts'

/** What the sentences and fixes may mention; all of it was entered by the person or is a fact of the network. */
export interface FailureContext extends PlaceFacts, SshFacts {
  username: string
  folder: string
  /** The public half of the key in use, as a line of authorized_keys. */
  publicKey?: string
}

const table = {
  ...reachCauses('sshd'),
  'protocol.flood': {
    stage: 'server_key',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} sent far more data than an SSH server would; the connection was cut.`,
  },
  'ssh.not_ssh': {
    stage: 'server_key',
    field: '/config/port',
    sentence: (facts) => `What answers at ${at(facts)} is not an SSH server. Check the port; FTP is another protocol.`,
  },
  'ssh.no_common_algorithm': { stage: 'server_key', field: '/config/host', ...sshWords.no_common_algorithm },
  'ssh.host_key_unknown': { stage: 'server_key', field: '/config/host_key', ...sshWords.host_key_unknown },
  'ssh.host_key': { stage: 'server_key', field: '/config/host_key', ...sshWords.host_key },
  'ssh.stalled': {
    stage: 'server_key',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} accepted the connection but went silent before it had shown its key.`,
  },
  'ssh.closed': {
    stage: 'server_key',
    field: '/config/host',
    sentence: (facts) =>
      `${at(facts)} closed the connection. Its log says why; too many connections at once is a common reason.`,
  },
  'auth.no_credential': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: () =>
      'This connection has no credential. Enter a username with a password or a key, or choose a stored one.',
  },
  'auth.no_username': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: () => 'The credential has no username. Enter it.',
  },
  'auth.no_password': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: () => 'The credential has no password. Enter it, or use a key.',
  },
  'auth.no_key': {
    stage: 'authenticate',
    field: '/credential/private_key',
    sentence: () =>
      'The credential has no private key. Paste it; Jackfield uses no SSH agent and no file of this machine.',
  },
  'auth.key_unreadable': { stage: 'authenticate', field: '/credential/private_key', ...sshWords.key_unreadable },
  'auth.key_passphrase': { stage: 'authenticate', field: '/credential/passphrase', ...sshWords.key_passphrase },
  'auth.key_rejected': {
    stage: 'authenticate',
    field: '/credential/private_key',
    sentence: ({ username, host }) =>
      `${host} does not take this key for “${username}”. Add its public half there, or use another key.`,
    fix: ({ publicKey = '<public key>' }) => setting(`# ~/.ssh/authorized_keys of the user\nrestrict ${publicKey}`),
  },
  'auth.password_rejected': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: ({ username, host }) =>
      `${host} does not take this password for “${username}”, or takes no passwords at all. Type both again, or use a key.`,
  },
  'auth.timeout': {
    stage: 'authenticate',
    field: '/config/host',
    sentence: (facts) => `${at(facts)} did not finish the login in time.`,
  },
  'sftp.not_offered': {
    stage: 'folder',
    field: null,
    sentence: ({ username }) => `The login works, but the server offers no SFTP to “${username}”. Switch it on there.`,
    fix: () => setting('# sshd_config\nSubsystem sftp internal-sftp'),
  },
  'folder.not_found': {
    stage: 'folder',
    field: '/config/start_folder',
    sentence: ({ folder }) =>
      `The login works, but there is no folder “${folder}”. One without a slash in front is looked for in the home folder.`,
  },
  'folder.not_a_folder': {
    stage: 'folder',
    field: '/config/start_folder',
    sentence: ({ folder }) => `“${folder}” is a file. Enter the folder that it is in.`,
  },
  'folder.no_access': {
    stage: 'folder',
    field: '/config/start_folder',
    sentence: ({ folder, username }) => `“${username}” may not look into “${folder || 'its home folder'}”.`,
    fix: ({ folder, username }) => shell(`setfacl -m u:${quoted(username)}:rx ${quoted(folder || '.')}`),
  },
  'folder.failed': {
    stage: 'folder',
    field: '/config/start_folder',
    sentence: ({ folder }) => `The server could not open “${folder || 'the home folder'}”. Its log says why.`,
  },
  'folder.timeout': {
    stage: 'folder',
    field: null,
    sentence: (facts) => `The login worked, but ${at(facts)} did not list the folder in time.`,
  },
} as const satisfies Record<string, CauseRow<FailureContext>>

export type CauseCode = keyof typeof table

/** Every way an SFTP connection fails that we can tell apart: where, which field, what to say, what to copy. */
export const causes: CauseTable<FailureContext, CauseCode> = table

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
