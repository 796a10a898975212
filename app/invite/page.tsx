import type { Metadata } from 'next'
import { AuthFrame } from '#components/auth/auth-frame'
import { AcceptForm } from '#components/members/accept-form'

export const metadata: Metadata = { title: 'Join' }

export default function InvitePage() {
  return (
    <AuthFrame title="Join a workspace" lead="Somebody invited you to Jackfield.">
      <AcceptForm />
    </AuthFrame>
  )
}
