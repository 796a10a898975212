import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { AuthFrame } from '#components/auth/auth-frame'
import { LoginForm } from '#components/auth/login-form'
import { setupNeeded } from '#lib/auth/setup'
import { localPath } from '../../components/auth/local-path.ts'

export const metadata: Metadata = { title: 'Sign in' }

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<{ callbackUrl?: string | string[] }>
}) {
  if (await setupNeeded()) redirect('/setup')
  const { callbackUrl } = await searchParams
  return (
    <AuthFrame title="Sign in" lead="Your connections are where you left them.">
      <LoginForm next={localPath(typeof callbackUrl === 'string' ? callbackUrl : undefined)} />
    </AuthFrame>
  )
}
