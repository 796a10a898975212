import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { AuthFrame } from '#components/auth/auth-frame'
import { LoginForm } from '#components/auth/login-form'
import { ProviderButton } from '#components/auth/provider-button'
import { providerName } from '#lib/auth/page'
import { setupNeeded } from '#lib/auth/setup'
import { localPath } from '../../components/auth/local-path.ts'
import { refusalSentence } from '../../components/auth/refusals.ts'

export const metadata: Metadata = { title: 'Sign in' }

export default async function LoginPage({
  searchParams,
}: {
  searchParams: Promise<{ callbackUrl?: string | string[]; error?: string | string[] }>
}) {
  if (await setupNeeded()) redirect('/setup')
  const { callbackUrl, error } = await searchParams
  const next = localPath(typeof callbackUrl === 'string' ? callbackUrl : undefined)
  const provider = providerName()
  return (
    <AuthFrame title="Sign in" lead="Your connections are where you left them.">
      <LoginForm next={next} refusal={provider && refusalSentence(error, provider)}>
        {provider && <ProviderButton name={provider} next={next} />}
      </LoginForm>
    </AuthFrame>
  )
}
