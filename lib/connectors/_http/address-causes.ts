import { at, atAddress, type PlaceFacts, reachCauses } from '../_test/causes.ts'
import { tlsCauses } from '../_tls/causes.ts'

/** What can go wrong before the first request, where host and port are one field of the form. */
export const addressCauses = <Field extends `/config/${string}`>(service: string, field: Field) => ({
  ...atAddress(reachCauses(service), field),
  ...atAddress(tlsCauses(), field),
  'tls.timeout': {
    stage: 'tls' as const,
    field,
    sentence: (facts: PlaceFacts) =>
      `${at(facts)} accepted the connection but did not answer the request for encryption. Perhaps it speaks plain http.`,
  },
})
