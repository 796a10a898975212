import { readPaste } from '../_paste/read.ts'
import { insideVariables } from '../_paste/variables.ts'
import type { ParsedUrl } from '../contract.ts'

/** An `sftp://` or `ssh://` address, or a command such as `sftp -P 2222 etl@host:/exports`. Never throws: it may hold a password. */
export const parseSftpText = (text: string): ParsedUrl | undefined => {
  if (text.length > 16_384) return undefined
  const trimmed = text.trim().replace(/^(["'])(.*)\1$/s, '$2')
  return readAddress(trimmed) ?? readCommand(trimmed) ?? insideVariables(text, readAddress) ?? readAirflow(trimmed)
}

const readAddress = (text: string): ParsedUrl | undefined => {
  const match = /^(?:sftp|ssh|scp):\/\/(?:([^\s/]*)@)?(\[[^\]\s]+\]|[^\s:/@?#]+)(?::(\d{1,5}))?(\/[^\s?#]*)?/i.exec(
    text,
  )
  if (!match) return undefined
  const [, login = '', host = '', port, path = ''] = match
  const colon = login.indexOf(':')
  const username = colon < 0 ? login : login.slice(0, colon)
  const password = colon < 0 ? '' : login.slice(colon + 1)
  return toForm({
    host,
    port,
    folder: decoded(path).replace(/^\/~\//, '~/'),
    username: decoded(username),
    password: decoded(password),
  })
}

const readCommand = (text: string): ParsedUrl | undefined => {
  const match =
    /^(?:sftp|ssh)\s+((?:-\S+\s+(?:[^\s@-][^\s@]*\s+)?)*)([^\s@:]+)@(\[[^\]\s]+\]|[^\s:/]+)(?::(\S*))?\s*$/.exec(text)
  if (!match) return undefined
  const [, options = '', username = '', host = '', folder = ''] = match
  const port = /-(?:P|p|oPort=|o\s+Port=)\s*(\d{1,5})/.exec(options)?.[1]
  const notes = /-i\s/.test(options) ? ['The private key is a file; paste its contents into the login.'] : []
  const parsed = toForm({ host, port, folder, username, password: '' })
  return { ...parsed, kind: 'password.ssh_key', notes }
}

const readAirflow = (text: string): ParsedUrl | undefined => {
  const parts = readPaste(text, { schemes: ['sftp', 'ssh'] })
  const host = parts?.values.get('host')
  if (parts?.dialect !== 'airflow' || host === undefined) return undefined
  const of = (name: string) => parts.values.get(name) ?? ''
  return toForm({ host, port: of('port') || undefined, folder: '', username: of('user'), password: of('password') })
}

interface Given {
  host: string
  port: string | undefined
  folder: string
  username: string
  password: string
}

const toForm = ({ host, port, folder, username, password }: Given): ParsedUrl => {
  const start = folder === '/' ? '' : folder.replace(/^~\/?/, '').replace(/(?<=.)\/+$/, '')
  return {
    config: {
      host: host.replace(/^\[(.*)\]$/, '$1'),
      ...(port !== undefined && { port: Number(port) }),
      ...(start !== '' && { start_folder: start }),
    },
    kind: 'password.basic',
    credential: { ...(username && { username }), ...(password && { password }) },
    notes: [],
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
