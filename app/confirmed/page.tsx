import type { Metadata } from 'next'
import { AuthFrame } from '#components/auth/auth-frame'
import { Confirmed } from '#components/auth/confirmed'
import { providerName } from '#lib/auth/page'
import { refusalSentence } from '../../components/auth/refusals.ts'

export const metadata: Metadata = { title: 'Signed in again' }

/** Where the window of a repeated sign-in ends; what it says is decided by the server, not by this page. */
export default async function ConfirmedPage({
  searchParams,
}: {
  searchParams: Promise<{ error?: string | string[] }>
}) {
  const { error } = await searchParams
  const code = typeof error === 'string' ? error : undefined
  const sentence = refusalSentence(code, providerName() ?? 'the provider')
  return (
    <AuthFrame
      title={code === undefined ? 'Thank you' : 'Not confirmed'}
      lead={code === undefined ? 'You have signed in again.' : 'Nothing was changed.'}
    >
      <Confirmed error={code} sentence={sentence} />
    </AuthFrame>
  )
}
