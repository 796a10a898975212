import * as z from 'zod'
import type { Destination } from '#lib/connectors/contract'
import { AppError } from '#lib/core/errors'

export const sealedDestination = z.object({ scheme: z.string(), host: z.string(), port: z.int(), tls: z.string() })

/** How well a TLS level protects a secret, in libpq's words; a level that is not here only equals itself. */
const tlsStrength: Readonly<Record<string, number>> = {
  disable: 0,
  allow: 1,
  prefer: 2,
  require: 3,
  'verify-ca': 4,
  'verify-full': 5,
}

/** A secret goes only where it was entered for: same scheme, host and port, over TLS at least as strong (AUTHZ-3). */
export const requireDestination = (sealedTo: Destination, wanted: Destination, credentialName: string): void => {
  if (isSamePlace(sealedTo, wanted) && isAsStrong(sealedTo.tls, wanted.tls)) return
  throw new AppError(
    'destination_changed',
    `The secret of “${credentialName}” is sealed to ${describeDestination(sealedTo)} and is not sent to ${describeDestination(wanted)}. Enter the secret again, or ask someone with the permission “credentials:bind”.`,
    { details: { sealed_to: describeDestination(sealedTo), wanted: describeDestination(wanted) } },
  )
}

/** `postgresql://db.example.com:5432 (verify-full)` */
export const describeDestination = ({ scheme, host, port, tls }: Destination): string =>
  `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port} (${tls})`

const isSamePlace = (one: Destination, other: Destination): boolean =>
  one.scheme === other.scheme && one.host === other.host && one.port === other.port

const isAsStrong = (sealedLevel: string, wantedLevel: string): boolean => {
  const [sealed, wanted] = [tlsStrength[sealedLevel], tlsStrength[wantedLevel]]
  return sealedLevel === wantedLevel || (sealed !== undefined && wanted !== undefined && wanted >= sealed)
}
