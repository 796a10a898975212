'use client'
import { Button } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useState } from 'react'
import { showToast } from '#components/layout/toast'
import { downloadApi } from '#lib/client/download'
import { sentenceOf } from '#lib/client/problem'

/** The whole review as a file, for whoever signs it. */
export const ReviewDownload = () => {
  const [isBusy, setBusy] = useState(false)
  const save = async () => {
    setBusy(true)
    try {
      await downloadApi('/api/credentials/review.csv', 'credential-review.csv')
    } catch (problem) {
      await showToast({ id: 'review-export', title: 'Not downloaded', message: sentenceOf(problem), color: 'red' })
    }
    setBusy(false)
  }
  return (
    <Button
      variant="default"
      loading={isBusy}
      leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
      onClick={() => void save()}
    >
      Download CSV
    </Button>
  )
}
