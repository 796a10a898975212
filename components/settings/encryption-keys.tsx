'use client'
import { Button } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { usePermissions } from '#components/layout/permissions'
import { QuestionDialog } from '#components/layout/question-dialog'
import { showToast } from '#components/layout/toast'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { KeyList, KeyView } from '#lib/keys/schema'
import form from '../layout/form.module.css'
import classes from './encryption-keys.module.css'
import { KeyCheck } from './key-check.tsx'
import { KeyMove } from './key-move.tsx'
import { KeyRow } from './key-row.tsx'
import { addStep, type KeyStep, rewrapStep } from './key-steps.ts'

const refresh_ms = 1_000

/** The keys of this installation, what needs them, and how to change them without stopping anything. */
export const EncryptionKeys = ({ initial }: { initial: KeyList | undefined }) => {
  const permissions = usePermissions()
  if (!permissions.includes('keys:read')) return null
  return <Panel initial={initial} mayChange={permissions.includes('keys:write')} />
}

const Panel = ({ initial, mayChange }: { initial: KeyList | undefined; mayChange: boolean }) => {
  const { list, error, load, isMoving } = useKeys(initial)
  const [step, setStep] = useState<KeyStep>()
  const close = () => {
    setStep(undefined)
    void load()
  }
  const mayChangeHere = mayChange && list?.changeable === true
  const isMoveNeeded = list?.keys.some(({ state, needed_by }) => state === 'open_only' && needed_by > 0) ?? false
  return (
    <section aria-labelledby="encryption-keys" className={classes.panel}>
      <h2 id="encryption-keys">Rotation of keys</h2>
      <p className={form.note}>
        Add a key, promote it, move the secrets to it, then retire the old one. Nothing stops working meanwhile.
      </p>
      <FormError>{error}</FormError>
      {list && (
        <ul className={classes.keys}>
          {list.keys.map((key) => (
            <KeyRow key={key.id} encryptionKey={key} mayChange={mayChangeHere} onStep={setStep} />
          ))}
        </ul>
      )}
      {list?.rewrap && <KeyMove {...list.rewrap} />}
      <div className={classes.actions}>
        {mayChange && isMoveNeeded && !isMoving && (
          <Button onClick={() => setStep(rewrapStep)}>Move secrets to the primary key</Button>
        )}
        {mayChangeHere && (
          <Button variant="default" onClick={() => setStep(addStep)}>
            Add key
          </Button>
        )}
        <KeyCheck />
      </div>
      {list && <RecoveryKit keys={list.keys} />}
      {step && <Confirm {...step} onClose={close} />}
    </section>
  )
}

/** The keys as the page was made with, asked for again after each step and while secrets move. */
const useKeys = (initial: KeyList | undefined) => {
  const [list, setList] = useState(initial)
  const [error, setError] = useState<string>()
  const load = useCallback(async () => {
    try {
      setList((await callApi<KeyList>('/api/keys')).data)
      setError(undefined)
    } catch (problem) {
      setError(sentenceOf(problem))
    }
  }, [])
  const isKnown = initial !== undefined
  const isMoving = list?.rewrap?.state === 'running'
  useEffect(() => {
    if (!isKnown) void load()
    if (!isMoving) return
    const timer = setInterval(load, refresh_ms)
    return () => clearInterval(timer)
  }, [load, isKnown, isMoving])
  return { list, error, load, isMoving }
}

/** The shares of a kit would have to pass the web server to be shown here, and keys never do. */
const RecoveryKit = ({ keys }: { keys: KeyView[] }) => {
  const exported = keys.find(({ state }) => state === 'primary')?.kit_exported_at
  return (
    <p className={classes.dim}>
      {exported
        ? `A recovery kit of the primary key was exported on ${exported.slice(0, 10)}; two of its three shares bring it back.`
        : 'There is no recovery kit of the primary key yet: three shares, any two of which bring a lost key back.'}{' '}
      Keys never pass the web server, so kits are made and used on the machine itself:{' '}
      <code>npm run admin -- keys recovery-kit export</code>
    </p>
  )
}

const Confirm = ({ path, title, note, button, done, onClose }: KeyStep & { onClose(): void }) => {
  const go = async () => {
    const { data } = await callApi<{ next?: string }>(path, { method: 'POST', body: {} })
    onClose()
    await showToast({ id: 'keys', title: done, message: data.next ?? '', color: 'green', autoClose: 12_000 })
  }
  return (
    <QuestionDialog title={title} action={button} onConfirm={go} onClose={onClose}>
      <p className={form.note}>{note}</p>
    </QuestionDialog>
  )
}
