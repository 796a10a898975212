import * as z from 'zod'
import { hostName, portNumber } from '../_sql/fields.ts'
import { keyFingerprint } from '../_ssh/fields.ts'
import { sshTunnel } from '../_tunnel/fields.ts'
import { defineConnector, field } from '../contract.ts'
import { folderName } from './fields.ts'
import { parseSftpText } from './parse-url.ts'
import { presets } from './presets.ts'

export const manifest = defineConnector({
  id: 'sftp',
  name: 'SFTP',
  summary: 'Files on any SSH server: list folders and look into CSV, JSON, Parquet and text.',
  category: 'storage',
  roles: ['source', 'destination'],
  status: 'available',
  keywords: ['ssh', 'scp', 'ftp', 'files', 'file transfer', 'openssh', 'csv', 'parquet'],
  config: z.strictObject({
    host: field(hostName, {
      label: 'Host',
      placeholder: 'e.g. sftp.example.com',
      help: 'The server’s name or IP address. Paste an sftp:// address above to fill every field.',
      group: 'Server',
      span: 8,
    }),
    port: field(portNumber.default(22), {
      label: 'Port',
      placeholder: 'e.g. 22',
      help: 'SSH listens on 22 unless it was told otherwise.',
      group: 'Server',
      widget: 'number',
      span: 4,
    }),
    start_folder: field(folderName.default(''), {
      label: 'Start folder',
      placeholder: 'e.g. exports/daily',
      help: 'What is outside of it is neither shown nor read, not even through a link. Left empty, it is the login’s home folder.',
      group: 'Server',
      span: 12,
    }),
    host_key: field(keyFingerprint.optional(), {
      label: 'Host key fingerprint',
      placeholder: 'e.g. SHA256:…',
      help: 'Proves that it is the right server. Left empty, a test shows the key it finds and sends nothing; compare it with the server’s and accept it.',
      group: 'Security',
      span: 12,
    }),
    ssh_tunnel: sshTunnel,
  }),
  credentials: ['password.basic', 'password.ssh_key'],
  capabilities: ['test', 'files'],
  presets,
  flat: {
    host: 'host',
    port: 'port',
    schema: 'start_folder',
    login: { kind: 'password.basic', field: 'username' },
    password: { kind: 'password.basic', field: 'password' },
  },
  nodes: ['source_files', 'sink_files'],
  verifiedAgainst: 'OpenSSH 9.2',
  summarize: ({ host, port, start_folder }) =>
    `${host.includes(':') ? `[${host}]` : host}:${port}${start_folder === '' ? '' : `/${start_folder.replace(/^\//, '')}`}`,
  destination: ({ host, port, host_key = '' }) => ({
    scheme: 'sftp',
    host: host.toLowerCase().replace(/\.$/, ''),
    port,
    tls: 'verify-full',
    host_key,
  }),
  parseUrl: parseSftpText,
})
