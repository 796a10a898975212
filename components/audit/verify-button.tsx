'use client'
import { Button } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useState } from 'react'

const VerifyDialog = dynamic(() => import('./verify-dialog.tsx').then((module) => module.VerifyDialog), { ssr: false })

export const VerifyButton = () => {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        Verify
      </Button>
      {isOpen && <VerifyDialog onClose={() => setOpen(false)} />}
    </>
  )
}
