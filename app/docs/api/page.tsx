import type { Metadata } from 'next'
import { ApiReference } from '#components/docs/api-reference'
import { document } from '#lib/api/openapi.gen'
import { errorTable } from '#lib/core/errors'

export const metadata: Metadata = { title: 'API reference' }

// A page per request like every other: its scripts carry the nonce of the request.
export const dynamic = 'force-dynamic'

export default function ApiReferencePage() {
  const problems = Object.entries(errorTable).map(([code, { status, title }]) => ({ code, status, title }))
  return <ApiReference document={document} problems={problems} />
}
