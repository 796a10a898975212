import { baseUrl, isHeaderValue, isOwnHeader, isSecretHeader, requestPath } from '../_http/fields.ts'
import type { Parts } from '../_paste/parts.ts'
import { readPaste } from '../_paste/read.ts'
import type { ParsedUrl } from '../contract.ts'

type Login = Pick<ParsedUrl, 'kind' | 'credential'>

/** An address of an API, or a curl command that asks it. Any web address is one, so others may know it better. */
export const parseApiText = (text: string): ParsedUrl | undefined => {
  const parts = readPaste(text, { schemes: ['https', 'http'], curl: true })
  if (!parts?.address || !['url', 'curl'].includes(parts.dialect)) return undefined
  const { authority, path, query } = parts.address
  const asked = splitQuery(query)
  const isBase = parts.dialect === 'url' && query === ''
  const base = baseUrl.safeParse(`${parts.scheme}://${authority}${isBase ? path : ''}`)
  const test = requestPath.safeParse(isBase ? '' : `${path}${asked.rest}`)
  if (!base.success || !test.success) return undefined
  const logins = [...loginsOf(parts), ...asked.logins]
  const headers = plainHeadersOf(parts)
  return {
    config: {
      base_url: base.data,
      ...(test.data !== '' && { test_path: test.data }),
      ...(Object.keys(headers).length > 0 && { request_headers: headers }),
    },
    ...(logins[0] ?? { credential: {} }),
    notes: [...parts.notes, ...notesOf(parts, logins)],
    isGeneric: true,
  }
}

/** Parameters that look like a key become the login; settings are shown to everybody. */
const splitQuery = (query: string): { rest: string; logins: Login[] } => {
  const pairs = [...new URLSearchParams(query.split('#')[0])]
  const secret = pairs.filter(([name]) => secretParameter.test(name))
  const rest = new URLSearchParams(pairs.filter(([name]) => !secretParameter.test(name))).toString()
  const logins = secret.map(([name, api_key]) => ({
    kind: 'api_key.key' as const,
    credential: { placement: 'query', name, api_key },
  }))
  return { rest: rest && `?${rest}`, logins }
}

const secretParameter = /^(?:.*[-_.])?(?:api[-_]?key|key|token|secret|password|sig|signature)$/i

const loginsOf = ({ values, headers }: Parts): Login[] => {
  const [username, password] = [values.get('user'), values.get('password')]
  const typed: Login[] =
    username === undefined && password === undefined
      ? []
      : [{ kind: 'password.basic', credential: { ...(username && { username }), ...(password && { password }) } }]
  return [...typed, ...headers.flatMap(([name, value]) => loginOf(name, value))]
}

const loginOf = (name: string, value: string): Login[] => {
  if (/^authorization$/i.test(name)) return [authorizationOf(value)]
  if (/^cookie$/i.test(name) || !isSecretHeader(name)) return []
  return [{ kind: 'api_key.key', credential: { placement: 'header', name, api_key: value } }]
}

const authorizationOf = (value: string): Login => {
  const [, scheme = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(value) ?? []
  if (/^bearer$/i.test(scheme)) return { kind: 'api_key.bearer', credential: { token: rest } }
  const [, username, password] = (/^basic$/i.test(scheme) && /^([^:]*):(.*)$/s.exec(decoded(rest))) || []
  if (username !== undefined && password !== undefined)
    return { kind: 'password.basic', credential: { username, password } }
  const key = { placement: 'header', name: 'Authorization', api_key: rest || value }
  return { kind: 'api_key.key', credential: { ...key, ...(rest && { prefix: scheme }) } }
}

const decoded = (text: string): string => {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
  } catch {
    return ''
  }
}

const plainHeadersOf = ({ headers }: Parts): Record<string, string> =>
  Object.fromEntries(
    headers.filter(([name, value]) => !isSecretHeader(name) && !isOwnHeader(name) && isHeaderValue(value)),
  )

const notesOf = ({ headers, scheme }: Parts, logins: readonly Login[]): string[] => [
  ...(scheme === 'http' ? ['The address is not encrypted (http).'] : []),
  ...(headers.some(([name]) => /^cookie$/i.test(name))
    ? ['Cookies were left out; use a login that APIs are made for.']
    : []),
  ...(logins.length > 1
    ? ['It holds more than one secret; the first one was taken. “Several parts” holds them all.']
    : []),
]
