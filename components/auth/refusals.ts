import type { Refusal } from '#lib/auth/schema'

const sentences: Record<Refusal, (name: string) => string> = {
  OidcUnknown: () =>
    'Nobody has invited this account yet. Ask an administrator to invite the e-mail address you have there, then sign in again.',
  OidcUnverified: (name) => `Your e-mail address is not verified at ${name}. Verify it there, then sign in again.`,
  OidcExists: (name) =>
    `Your e-mail address has an account here already. Sign in with its password, then link ${name} on your account page.`,
  OidcDisabled: () => 'This account is disabled or belongs to no workspace any more. Ask an administrator.',
  OidcOther: () => 'That is not the account you are signed in with. Choose the one that is linked here.',
  OidcTaken: () => 'That account is linked to somebody else here.',
  OidcStale: (name) =>
    `${name} did not ask you to sign in again, so this does not count. Sign out there, then try again.`,
  OidcFailed: (name) => `The sign-in with ${name} was not completed. Try again.`,
  OidcCancelled: (name) => `The sign-in with ${name} was cancelled.`,
  OidcDown: (name) => `${name} cannot be reached right now. Try again in a minute.`,
  TooManyAttempts: () => 'Too many attempts. Wait a few minutes, then try again.',
}

/** What to say about an `error` of our own address; anything else in there says nothing. */
export const refusalSentence = (error: unknown, name: string): string | undefined =>
  Object.entries(sentences).find(([code]) => code === error)?.[1](name)
