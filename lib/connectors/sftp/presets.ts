import type { Preset } from '../contract.ts'

export const presets = [
  {
    id: 'aws-transfer',
    name: 'AWS Transfer Family',
    config: { port: 22 },
    placeholders: {
      host: 'e.g. s-0123456789abcdef0.server.transfer.eu-central-1.amazonaws.com',
      username: 'e.g. ingest',
    },
    help: 'Take the endpoint from the server’s page, add the public key to the user there, and let this machine in through the security group.',
    keywords: ['aws', 's3'],
  },
  {
    id: 'azure-blob',
    name: 'Azure Blob Storage (SFTP)',
    config: { port: 22 },
    placeholders: { host: 'e.g. account.blob.core.windows.net', username: 'e.g. account.container.user' },
    help: 'Enable SFTP on the storage account and add a local user; its login is the account, the container and the user with dots in between.',
    keywords: ['microsoft', 'adls'],
  },
  {
    id: 'hetzner',
    name: 'Hetzner Storage Box',
    config: { port: 23 },
    placeholders: { host: 'e.g. u00000.your-storagebox.de', username: 'e.g. u00000-sub1' },
    help: 'Allow SSH for the box, and give Jackfield a sub-account with a folder of its own.',
    keywords: ['storage box'],
  },
  {
    id: 'rsync-net',
    name: 'rsync.net',
    config: { port: 22 },
    placeholders: { host: 'e.g. de0000.rsync.net', username: 'e.g. de0000' },
    help: 'Add the public key to the account with their web form or with ssh-copy-id.',
  },
] as const satisfies readonly Preset[]
