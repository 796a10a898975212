'use client'
import { QuestionDialog } from '#components/layout/question-dialog'
import { showToast } from '#components/layout/toast'
import type { ApiKeyView } from '#lib/auth/schema'
import { callApi } from '#lib/client/api'
import form from '../layout/form.module.css'

export const RevokeDialog = ({ apiKey: { id, name }, onClose }: { apiKey: ApiKeyView; onClose(): void }) => {
  const revoke = async () => {
    await callApi(`/api/api-keys/${id}`, { method: 'DELETE' })
    await showToast({ id: `revoked:${id}`, title: `${name} revoked`, message: '' })
    onClose()
  }
  return (
    <QuestionDialog title={`Revoke ${name}?`} action="Revoke key" isDangerous onConfirm={revoke} onClose={onClose}>
      <p className={form.note}>Whatever still uses it is refused from the next request on. This cannot be undone.</p>
    </QuestionDialog>
  )
}
