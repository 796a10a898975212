import * as z from 'zod'
import type { Destination } from '#lib/credentials/destination'
import { certificates } from '../_sql/fields.ts'
import { effectiveMode, type SslMode } from '../_tls/ssl.ts'
import { field } from '../contract.ts'
import { placeAt } from './address.ts'
import { longest, readPath } from './json-path.ts'

const problemOf = (text: string): string | undefined => {
  if (text === '') return 'Enter the address, such as https://api.example.com.'
  // A URL parser drops or turns some of these, and then reads another host.
  if (/[\s\\\p{C}]/u.test(text)) return 'An address has no spaces, line breaks or backslashes.'
  if (!/^https?:\/\/[^/]/i.test(text)) return 'Begin with https://, or with http:// where there is no encryption.'
  if (/^https?:\/\/[^/?#]*@/i.test(text))
    return 'Take the username and password out of the address; they have their own fields.'
  if (!URL.canParse(text)) return 'This is not a whole address. Use one such as https://api.example.com/v1.'
  if (text.includes('#')) return 'Leave out the part after #; it is never sent.'
  if (text.includes('?')) return 'Leave out the part after ?; parameters belong to the path of a request.'
  return new URL(text).port === '0' ? 'A port is a number from 1 to 65535.' : undefined
}

/**
 * Where an API begins: scheme (https unless it says otherwise), host, port and perhaps a path, written one way. No login,
 * no parameters, no fragment.
 */
export const baseUrl = z
  .string()
  .max(2048, 'Use at most 2,048 characters.')
  .transform((text) => text.trim())
  .transform((text) => (/^[a-z][a-z\d+.-]*:\/\//i.test(text) || text === '' ? text : `https://${text}`))
  .superRefine((text, context) => {
    const message = problemOf(text)
    if (message) context.addIssue({ code: 'custom', message, input: text })
  })
  .transform((text) => {
    if (problemOf(text)) return text
    const { origin, pathname } = new URL(text)
    return origin + pathname.replace(/\/+$/, '')
  })

/** What stands behind the base URL: a path, parameters, or both. */
export const requestPath = z
  .string()
  .max(2048, 'Use at most 2,048 characters.')
  .transform((text) => text.trim())
  .refine((text) => !/[\s\\#\p{C}]/u.test(text), 'A path has no spaces, backslashes or #; write a space as %20.')
  .refine(
    (text) => !/^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(text),
    'Enter the path alone, such as /v1/orders; the rest is the base URL.',
  )
  .transform((text) => (text === '' || /^[/?]/.test(text) ? text : `/${text}`))

/** Where something is in an answer; see `json-path.ts` for what may stand in it. An empty text is no path. */
export const jsonPath = z
  .string()
  .max(longest, `Use at most ${longest} characters.`)
  .transform((text) => text.trim())
  .refine(
    (text) => text === '' || readPath(text) !== undefined,
    'Write a path such as $.data.items, $.rows[0].id or $["odd name"][*].',
  )
  .transform((text) => (text === '' ? undefined : text))

/** Name of a parameter in the query. */
export const parameterName = z
  .string()
  .trim()
  .max(128, 'Use at most 128 characters.')
  .refine((text) => !/[\s\p{C}]/u.test(text), 'A parameter’s name has no spaces.')

// They decide where a message ends or to whom it goes, and are the client's own business.
const ownHeaders =
  /^(?:host|content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept-encoding|proxy-.*)$/i
const secretHeaders = /^(?:authorization|cookie)$|api-?key|token|secret|password|signature/i

const headerProblem = (name: string, value: string): string | undefined => {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name)) return `“${name.slice(0, 64)}” is not a header’s name.`
  if (ownHeaders.test(name)) return `The header “${name}” is set by Jackfield itself.`
  if (secretHeaders.test(name))
    return `“${name}” looks like a secret, and settings are shown to everybody. Put it into the credential.`
  return isHeaderValue(value)
    ? undefined
    : `The value of “${name}” has a line break or another character no header can hold.`
}

/** Whether a text may stand in a header: nothing that could end it, and only what the wire can carry. */
export const isHeaderValue = (text: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(text) && text.length <= 16_384

/** A header of a credential's that would decide where a message goes or ends. */
export const isOwnHeader = (name: string): boolean => ownHeaders.test(name)

/** A header that is likely to hold a secret, by its name. */
export const isSecretHeader = (name: string): boolean => secretHeaders.test(name)

/** Headers that go with every request and hold no secret. */
export const plainHeaders = z.record(z.string(), z.string()).superRefine((headers, context) => {
  if (Object.keys(headers).length > 20) context.addIssue({ code: 'custom', message: 'Use at most 20.', input: headers })
  for (const [name, value] of Object.entries(headers)) {
    const message = headerProblem(name, value)
    if (message) context.addIssue({ code: 'custom', message, input: value, path: [name] })
  }
})

export const certificateModes = ['verify-full', 'require'] as const satisfies readonly SslMode[]

/** How the server proves who it is, for everything that is reached over HTTPS. */
export const certificateFields = {
  ssl_mode: field(z.enum(certificateModes).default('verify-full'), {
    label: 'Server’s certificate',
    help: 'Whether the server has to prove that it is the one you named. It counts only for https addresses.',
    group: 'Security',
    widget: 'select',
    span: 12,
    options: {
      'verify-full': {
        label: 'Checked (recommended)',
        help: 'It must come from a trusted authority and be made out to this host.',
      },
      require: {
        label: 'Not checked',
        help: 'Encrypted, but anyone on the way can pretend to be the server and read the secret.',
        warning: true,
      },
    },
  }),
  ssl_root_cert: field(certificates.optional(), {
    label: 'CA certificate',
    placeholder: '-----BEGIN CERTIFICATE-----',
    help: 'Only if the server’s certificate was signed by your own authority; leave it empty for public ones. It is public and not a secret.',
    group: 'Security',
    widget: 'textarea',
    span: 12,
  }),
}

/** What a secret for an API is sealed to: its origin, and how that proves itself. */
export const httpDestination = ({
  base_url,
  ssl_mode,
  ssl_root_cert,
}: {
  base_url: string
  ssl_mode: SslMode
  ssl_root_cert?: string | undefined
}): Destination => {
  const { scheme, host, port } = placeAt(base_url)
  const isPlain = scheme === 'http'
  return {
    scheme,
    host: host.replace(/\.$/, ''),
    port,
    tls: isPlain ? 'disable' : effectiveMode(ssl_mode, ssl_root_cert),
    ...(ssl_root_cert !== undefined && !isPlain && { trust: ssl_root_cert.replace(/\s+/g, '') }),
  }
}
