import * as z from 'zod'
import { baseUrl } from '../_http/fields.ts'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** It becomes part of a host name. */
export const regionName = z
  .string()
  .transform((text) => text.trim().toLowerCase())
  .refine((text) => label.test(text), 'A region looks like eu-central-1.')

/** An S3-compatible store's own address; empty for Amazon. */
export const endpointUrl = z
  .union([z.literal('').transform(() => undefined), baseUrl])
  .refine(
    (url) => url === undefined || !URL.canParse(url) || new URL(url).pathname === '/',
    'Enter the address alone, without a path.',
  )

export const bucketName = z
  .string()
  .transform((text) =>
    text
      .trim()
      .replace(/^s3:\/\//, '')
      .replace(/\/+$/, ''),
  )
  .refine(
    (text) => text === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(text),
    'A bucket’s name has 3 to 63 letters, digits, dots and hyphens.',
  )
  .transform((text) => (text === '' ? undefined : text))

/** Where a connection begins inside of its bucket: names with / in between. */
export const keyPrefix = z
  .string()
  .max(1_024, 'Use at most 1,024 characters.')
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'A prefix has no control characters.')
  .transform((text) => text.replace(/^\/+|\/+$/g, ''))
