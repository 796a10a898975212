import type { SshFacts } from './failure.ts'

interface Place {
  host: string
}

const showKeys = 'for key in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf "$key"; done'
const shell = (text: string) => ({ kind: 'shell', text }) as const

/** What happens on the way to any SSH session, in words: for the table of a tunnel and of a connector alike. */
export const sshWords = {
  no_common_algorithm: {
    sentence: ({ detail }: SshFacts) =>
      `The SSH server knows only outdated algorithms${detail ? ` (${detail})` : ''}, which are not used. OpenSSH 7.4 or newer will do.`,
  },
  host_key_unknown: {
    sentence: ({ host, found, keyType }: SshFacts & Place) =>
      `${host} shows the ${keyType ?? ''} key ${found ?? ''}. Nothing secret was sent. Compare it with what the command below says on the server itself, then enter it as the fingerprint.`,
    fix: () => shell(showKeys),
  },
  host_key: {
    sentence: ({ host, found, keyType }: SshFacts & Place) =>
      `${host} is not the server that was accepted: it shows the ${keyType ?? ''} key ${found ?? ''}. Nothing secret was sent. Either somebody is in between, or the server was set up again; find out which before you accept the new key.`,
    fix: () => shell(showKeys),
  },
  key_unreadable: {
    sentence: () =>
      'The SSH private key cannot be read. Paste the whole file in OpenSSH format, with its BEGIN and END lines.',
    fix: () => shell("ssh-keygen -p -f <key file>   # rewrites it in OpenSSH's format"),
  },
  key_passphrase: {
    sentence: () => 'The SSH private key is protected, and its passphrase is missing or wrong. Enter the passphrase.',
  },
} as const
