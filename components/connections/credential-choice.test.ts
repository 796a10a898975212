import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Destination, describeDestination, isSameDestination, tlsLevels } from '#lib/credentials/destination'
import { isSealedElsewhere } from './credential-choice.ts'

const host = fc.constantFrom('db.example.com', 'other.example.com', '::1')
const port = fc.constantFrom(22, 5432)
const tunnel = fc.record({
  host,
  port,
  user: fc.constantFrom('etl', 'root'),
  host_key: fc.constantFrom('SHA256:a', 'SHA256:b'),
})
const destination: fc.Arbitrary<Destination> = fc
  .record({
    scheme: fc.constantFrom('postgresql', 'mysql'),
    host,
    port,
    tls: fc.constantFrom(...tlsLevels),
    tunnel: fc.option(tunnel, { nil: undefined }),
  })
  .map(({ tunnel: way, ...rest }) => ({ ...rest, ...(way && { tunnel: way }) }))

test('the picker warns exactly where the engine would not send the secret', () =>
  fc.assert(
    fc.property(destination, destination, fc.boolean(), (sealed, wanted, isNear) => {
      const other = isNear ? { ...sealed, tls: wanted.tls } : wanted
      expect(isSealedElsewhere(describeDestination(sealed), other)).toBe(!isSameDestination(sealed, other))
    }),
    { numRuns: 2_000 },
  ))
