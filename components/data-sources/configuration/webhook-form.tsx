'use client'
import { Button, Checkbox, NativeSelect } from '@mantine/core'
import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { HttpsFields, httpsSecretOf } from '#components/audit/https-fields'
import { FormError } from '#components/layout/form-error'
import { QuestionDialog } from '#components/layout/question-dialog'
import { showToast } from '#components/layout/toast'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import type { WebhookView } from '#lib/data-sources/webhook'
import form from '../../layout/form.module.css'
import { WebhookState } from './webhook-state.tsx'

const kinds = [
  { value: 'breaking', label: 'Only what can break somebody' },
  { value: 'all', label: 'Everything that is different' },
]

/** Where a message goes when a refresh finds the schema changed. */
export const WebhookForm = ({ source, webhook }: { source: string; webhook: WebhookView }) => {
  const router = useRouter()
  const [isBusy, setBusy] = useState(false)
  const [isRemoving, setRemoving] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const path = `/api/data-sources/${encodeURIComponent(source)}/webhook`
  const run = async (work: () => Promise<{ title: string; message: string }>) => {
    setBusy(true)
    setError(undefined)
    try {
      await showToast({ id: 'webhook', ...(await work()) })
      router.refresh()
    } catch (problem) {
      setError(problem)
    }
    setBusy(false)
  }
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget))
    const ifMatch = webhook.revision === 0 ? undefined : etagOf(webhook)
    return run(async () => {
      await callApi(path, { method: 'PUT', body, ifMatch })
      return { title: 'Webhook saved', message: 'The next change that a refresh finds is sent there.' }
    })
  }
  const test = () =>
    run(async () => {
      const { data } = await callApi<{ success: boolean; message: string }>(`${path}/test`, {
        method: 'POST',
        body: {},
      })
      return { title: data.success ? 'It arrived' : 'It did not arrive', message: data.message }
    })
  const remove = async () => {
    await callApi(path, { method: 'DELETE' })
    setRemoving(false)
    router.refresh()
  }
  const isSet = webhook.url !== null
  return (
    <form className={form.card} onSubmit={save} aria-label="Webhook" method="post" noValidate>
      <FormError>{error !== undefined && fields.size === 0 && sentenceOf(error)}</FormError>
      {isSet && <WebhookState webhook={webhook} />}
      <HttpsFields
        url={webhook.url ?? undefined}
        ca={webhook.ca ?? undefined}
        isKeySet={webhook.secret.set}
        fields={fields}
        at=""
      />
      <NativeSelect label="Send" name="changes" data={kinds} defaultValue={webhook.changes} />
      <Checkbox name="enabled" label="Send changes there" defaultChecked={!isSet || webhook.enabled} />
      <div className={form.actions}>
        <Button type="submit" loading={isBusy}>
          Save webhook
        </Button>
        {isSet && (
          <>
            <Button variant="default" disabled={isBusy} onClick={test}>
              Send a test
            </Button>
            <Button variant="default" disabled={isBusy} onClick={() => setRemoving(true)}>
              Remove
            </Button>
          </>
        )}
      </div>
      {isRemoving && (
        <QuestionDialog
          title="Remove the webhook?"
          action="Remove"
          isDangerous
          onConfirm={remove}
          onClose={() => setRemoving(false)}
        >
          <p>
            Changes of this schema are sent nowhere any more. What waits is not sent, and the signing key is forgotten.
          </p>
        </QuestionDialog>
      )}
    </form>
  )
}

const bodyOf = (data: FormData) => {
  const ca = String(data.get('ca') ?? '').trim()
  const secret = httpsSecretOf(data)
  return {
    url: String(data.get('url') ?? '').trim(),
    ...(ca !== '' && { ca }),
    changes: data.get('changes'),
    enabled: data.get('enabled') !== null,
    ...(secret && { secret }),
  }
}
