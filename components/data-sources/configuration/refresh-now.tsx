'use client'
import { Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { showToast } from '#components/layout/toast'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'

/** Asks for all of the schema to be read again; the table below says how far it is. */
export const RefreshNow = ({ source }: { source: string }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const refresh = async () => {
    setBusy(true)
    try {
      await callApi(`/api/data-sources/${encodeURIComponent(source)}/refresh`, { method: 'POST', body: {} })
      router.refresh()
    } catch (error) {
      await showToast({ id: 'refresh', title: 'Not refreshed', message: sentenceOf(error) })
    }
    setBusy(false)
  }
  return (
    <Button
      size="sm"
      variant="default"
      loading={isBusy}
      leftSection={<IconRefresh size={15} stroke={1.7} aria-hidden />}
      onClick={() => void refresh()}
    >
      Refresh now
    </Button>
  )
}
