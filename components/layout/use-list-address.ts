'use client'
import { useRouter } from 'next/navigation'
import { useOptimistic, useTransition } from 'react'

/**
 * A list whose address holds what it shows. What was chosen counts at once: a second choice adds to the first, however long
 * the server takes over that.
 */
export const useListAddress = <Query>(shown: string, parse: (params: Record<string, string>) => Query) => {
  const router = useRouter()
  const [isPending, start] = useTransition()
  const [wanted, want] = useOptimistic(shown)
  const go = (href: string) =>
    start(() => {
      want(href)
      router.replace(href, { scroll: false })
    })
  const refresh = () => start(() => router.refresh())
  return { query: parse(Object.fromEntries(new URLSearchParams(wanted.split('?')[1]))), isPending, go, refresh }
}
