/** A request's address: what the base URL says, and then the path, which never leaves the base URL's origin. */
export const addressOf = (base: string, path: string): URL => new URL(base + path)

/** Whether a redirect or the address of a next page stays where the secret may go: scheme, host and port. */
export const isSameOrigin = (one: URL, other: URL): boolean => one.origin === other.origin

export interface Place {
  scheme: 'http' | 'https'
  host: string
  port: number
}

export const placeAt = (address: string | URL): Place => {
  const { protocol, hostname, port } = new URL(address)
  const scheme = protocol === 'http:' ? 'http' : 'https'
  return { scheme, host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (scheme === 'https' ? 443 : 80) }
}

/** An address that an answer gave, read from where it was found. Undefined: it is none that can be asked. */
export const resolveAddress = (text: string, from: URL): URL | undefined => {
  if (text.length > longest || /[\s\\\p{C}]/u.test(text) || !URL.canParse(text, from)) return undefined
  const url = new URL(text, from)
  if (!/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined
  url.hash = ''
  return url
}

const longest = 8192
