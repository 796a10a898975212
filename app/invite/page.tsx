import type { Metadata } from 'next'
import { AuthFrame } from '#components/auth/auth-frame'
import { ProviderButton } from '#components/auth/provider-button'
import { AcceptForm } from '#components/members/accept-form'
import { providerName } from '#lib/auth/page'

export const metadata: Metadata = { title: 'Join' }

export default function InvitePage() {
  const provider = providerName()
  return (
    <AuthFrame title="Join a workspace" lead="Somebody invited you to Jackfield.">
      <AcceptForm />
      {provider && <ProviderButton name={provider} next="/workspace/connections" />}
    </AuthFrame>
  )
}
