import { redactText, spellingsOf } from '#lib/core/redact'
import { secretMask } from '#lib/core/secret'
import type { Login } from './auth.ts'

/** Shorter values are likely to be ordinary words of an answer. */
const shortest = 6

export interface Mask {
  text(text: string): string
  /** An address as it may be shown: a login's parameters without their values. */
  url(url: URL): string
}

/** An API may repeat what it was sent, so nothing of an answer is shown without this. */
export const createMask = ({ query, secrets }: Login): Mask => {
  const spellings = secrets.filter((secret) => secret.length >= shortest).flatMap((secret) => spellingsOf(secret))
  const longestFirst = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  const text = (given: string) => redactText(given, longestFirst)
  return {
    text,
    url(given) {
      const url = new URL(given)
      for (const name of Object.keys(query)) url.searchParams.set(name, secretMask)
      return text(url.href)
    },
  }
}
