'use client'
import { Button, Modal } from '@mantine/core'
import { useState } from 'react'
import { showToast } from '#components/layout/toast'
import type { ApiKeyView } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import classes from './api-keys.module.css'

export const RevokeDialog = ({ apiKey: { id, name }, onClose }: { apiKey: ApiKeyView; onClose(): void }) => {
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const revoke = async () => {
    setBusy(true)
    try {
      await callApi(`/api/api-keys/${id}`, { method: 'DELETE' })
      await showToast({ id: `revoked:${id}`, title: `${name} revoked`, message: '' })
      onClose()
    } catch (problem) {
      setError(sentenceOf(problem))
      setBusy(false)
    }
  }
  return (
    <Modal opened onClose={onClose} title={`Revoke ${name}?`} centered>
      <div className={classes.form}>
        <p className={form.note}>Whatever still uses it is refused from the next request on. This cannot be undone.</p>
        {error && (
          <p role="alert" className={form.error}>
            {error}
          </p>
        )}
        <div className={form.actions}>
          <Button color="red.8" loading={isBusy} onClick={revoke}>
            Revoke key
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </div>
    </Modal>
  )
}
