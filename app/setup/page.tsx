import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { AuthFrame } from '#components/auth/auth-frame'
import { SetupForm } from '#components/auth/setup-form'
import { SetupLinkMissing } from '#components/auth/setup-link-missing'
import { setupNeeded } from '#lib/auth/setup'

export const metadata: Metadata = { title: 'Set up' }

export default async function SetupPage({ searchParams }: { searchParams: Promise<{ token?: string | string[] }> }) {
  if (!(await setupNeeded())) redirect('/login')
  const { token } = await searchParams
  if (typeof token !== 'string' || token === '') return <SetupLinkMissing />
  return (
    <AuthFrame title="Set up Jackfield" lead="This account will own the installation.">
      <SetupForm token={token} />
    </AuthFrame>
  )
}
