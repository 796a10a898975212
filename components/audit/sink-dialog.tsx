'use client'
import { Button, Checkbox, Modal, NativeSelect, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import type { SinkView } from '#lib/audit/schema'
import { callApi, etagOf } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import { AuthorityField, HttpsFields, httpsSecretOf } from './https-fields.tsx'

type Kind = SinkView['kind']

const kinds = [
  { value: 'https', label: 'HTTPS, signed JSON' },
  { value: 'syslog', label: 'Syslog over TLS' },
  { value: 'file', label: 'File on this machine' },
]

/** Adds a destination, or changes one; its secret can be replaced and never read. */
export const SinkDialog = ({ sink, onClose }: { sink: SinkView | undefined; onClose(): void }) => {
  const [kind, setKind] = useState<Kind>(sink?.kind ?? 'https')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()

  const save = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = bodyOf(new FormData(event.currentTarget), kind)
    setBusy(true)
    setError(undefined)
    try {
      if (sink) await callApi(`/api/audit/sinks/${sink.id}`, { method: 'PATCH', body, ifMatch: etagOf(sink) })
      else await callApi('/api/audit/sinks', { method: 'POST', body: { ...body, kind } })
      onClose()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }

  return (
    <Modal opened onClose={onClose} size="lg" title={sink ? `Change ${sink.name}` : 'Add destination'}>
      <form className={form.body} method="post" onSubmit={save}>
        <FormError>{error !== undefined && sentenceOf(error)}</FormError>
        <div className={form.pair}>
          <TextInput
            label="Name"
            name="name"
            defaultValue={sink?.name}
            error={fields.get('/name')}
            required
            data-autofocus
          />
          <NativeSelect
            label="Kind"
            data={kinds}
            value={kind}
            disabled={sink !== undefined}
            onChange={(event) => setKind(kinds.find(({ value }) => value === event.currentTarget.value)?.value as Kind)}
          />
        </div>
        <KindFields kind={kind} sink={sink} fields={fields} />
        <Checkbox name="enabled" label="Send events there" defaultChecked={sink?.enabled ?? true} />
        <div className={form.actions}>
          <Button type="submit" loading={isBusy}>
            {sink ? 'Save' : 'Add'}
          </Button>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
        </div>
      </form>
    </Modal>
  )
}

interface KindFieldsProps {
  kind: Kind
  sink: SinkView | undefined
  fields: ReadonlyMap<string, string>
}

const KindFields = ({ kind, sink, fields }: KindFieldsProps) => {
  const stored = (name: string) => (sink?.config[name] === undefined ? undefined : String(sink.config[name]))
  const field = (name: string) => ({ name, defaultValue: stored(name), error: fields.get(`/config/${name}`) })
  if (kind === 'file') {
    return (
      <TextInput
        label="File name"
        description="In the folder audit/ of Jackfield’s home."
        placeholder="trail"
        required
        {...field('file')}
      />
    )
  }
  if (kind === 'syslog') {
    return (
      <>
        <div className={form.pair}>
          <TextInput label="Host" required {...field('host')} />
          <TextInput label="Port" inputMode="numeric" {...field('port')} defaultValue={stored('port') ?? '6514'} />
        </div>
        <AuthorityField {...field('ca')} />
      </>
    )
  }
  return (
    <HttpsFields
      url={stored('url')}
      ca={stored('ca')}
      isKeySet={sink?.secret.set ?? false}
      fields={fields}
      at="/config"
    />
  )
}

const bodyOf = (data: FormData, kind: Kind) => {
  const text = (name: string) => String(data.get(name) ?? '').trim()
  const ca = text('ca') && { ca: text('ca') }
  const configs = {
    https: () => ({ url: text('url'), ...(ca || {}) }),
    syslog: () => ({ host: text('host'), port: Number(text('port')), ...(ca || {}) }),
    file: () => ({ file: text('file') }),
  }
  const secret = kind === 'https' && httpsSecretOf(data)
  return {
    name: text('name'),
    config: configs[kind](),
    enabled: data.get('enabled') !== null,
    ...(secret && { secret }),
  }
}
