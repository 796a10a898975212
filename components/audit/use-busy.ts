'use client'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { showToast } from '#components/layout/toast'
import { sentenceOf } from '#lib/client/problem'

interface Toast {
  title: string
  message: string
}

/** What a button of a row does: once at a time, then the list is read again; what it throws is said under `title`. */
export const useBusy = (id: string, title: string) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const run = async (work: () => Promise<Toast | undefined>) => {
    setBusy(true)
    try {
      const toast = await work()
      if (toast) await showToast({ id, ...toast })
      router.refresh()
    } catch (problem) {
      await showToast({ id, title, message: sentenceOf(problem) })
    }
    setBusy(false)
  }
  return { isBusy, run }
}
