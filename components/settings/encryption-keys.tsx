'use client'
import { Button, Progress } from '@mantine/core'
import { useCallback, useEffect, useState } from 'react'
import { Badge } from '#components/layout/badge'
import { FormError } from '#components/layout/form-error'
import { usePermissions } from '#components/layout/permissions'
import { QuestionDialog } from '#components/layout/question-dialog'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { DoctorView, KeyList, KeyView } from '#lib/keys/schema'
import form from '../layout/form.module.css'
import classes from './encryption-keys.module.css'

const states: Record<KeyView['state'], { tone: 'success' | 'neutral' | 'danger'; text: string }> = {
  primary: { tone: 'success', text: 'Seals and opens' },
  open_only: { tone: 'neutral', text: 'Opens only' },
  missing: { tone: 'danger', text: 'Missing' },
  retired: { tone: 'neutral', text: 'Retired' },
}

/** What a button asks before it does it. */
interface Step {
  path: string
  title: string
  note: string
  button: string
}

const addStep: Step = {
  path: '/api/keys',
  title: 'Add an encryption key?',
  note: 'The new key only opens until you promote it. Back the keys up in between: copy the key file apart from the database.',
  button: 'Add key',
}
const rewrapStep: Step = {
  path: '/api/keys/rewrap',
  title: 'Move all secrets to the primary key?',
  note: 'This runs in the background. Nothing stops working, and a restart goes on where it was.',
  button: 'Move secrets',
}
const promoteStep = (id: string): Step => ({
  path: `/api/keys/${id}/promote`,
  title: 'Promote this key?',
  note: `Everything new is sealed with ${id}. The other keys still open what they sealed.`,
  button: 'Promote key',
})
const retireStep = (id: string): Step => ({
  path: `/api/keys/${id}/retire`,
  title: 'Retire this key?',
  note: `${id} moves to a file of its own. Backups from before the move of secrets still need it.`,
  button: 'Retire key',
})

const refresh_ms = 1_000

/** The keys of this installation, what needs them, and how to change them without stopping anything. */
export const EncryptionKeys = () => {
  const permissions = usePermissions()
  return permissions.includes('keys:read') ? <Panel mayChange={permissions.includes('keys:write')} /> : null
}

const Panel = ({ mayChange }: { mayChange: boolean }) => {
  const [list, setList] = useState<KeyList>()
  const [error, setError] = useState<string>()
  const [step, setStep] = useState<Step>()
  const load = useCallback(async () => {
    try {
      setList((await callApi<KeyList>('/api/keys')).data)
      setError(undefined)
    } catch (problem) {
      setError(sentenceOf(problem))
    }
  }, [])
  const isMoving = list?.rewrap?.state === 'running'
  useEffect(() => {
    void load()
    if (!isMoving) return
    const timer = setInterval(load, refresh_ms)
    return () => clearInterval(timer)
  }, [load, isMoving])
  const close = () => {
    setStep(undefined)
    void load()
  }
  const mayChangeHere = mayChange && list?.changeable === true
  const isMoveNeeded = list?.keys.some(({ state, needed_by }) => state === 'open_only' && needed_by > 0) ?? false
  return (
    <section aria-labelledby="encryption-keys">
      <h2 id="encryption-keys">Rotation of keys</h2>
      <FormError>{error}</FormError>
      <ul className={classes.keys}>
        {list?.keys.map((key) => (
          <KeyRow key={key.id} {...key} mayChange={mayChangeHere} onStep={setStep} />
        ))}
      </ul>
      {list?.rewrap && <Move {...list.rewrap} />}
      <div className={classes.actions}>
        {mayChangeHere && (
          <Button variant="default" onClick={() => setStep(addStep)}>
            Add key
          </Button>
        )}
        {mayChange && isMoveNeeded && !isMoving && (
          <Button variant="default" onClick={() => setStep(rewrapStep)}>
            Move secrets to the primary key
          </Button>
        )}
        <Doctor />
      </div>
      {list && <RecoveryKit keys={list.keys} />}
      {step && <Confirm {...step} onClose={close} />}
    </section>
  )
}

interface KeyRowProps extends KeyView {
  mayChange: boolean
  onStep: (step: Step) => void
}

const KeyRow = ({ id, state, added_at, seals, needed_by, mayChange, onStep }: KeyRowProps) => (
  <li className={classes.key}>
    <code>{id}</code>
    <Badge tone={states[state].tone}>{states[state].text}</Badge>
    <span className={classes.dim}>
      {needed_by === 1 ? '1 secret needs it' : `${needed_by} secrets need it`} · sealed {seals}
      {added_at && ` · since ${added_at.slice(0, 10)}`}
    </span>
    {mayChange && state === 'open_only' && (
      <span className={classes.buttons}>
        <Button size="compact-sm" variant="default" onClick={() => onStep(promoteStep(id))}>
          Promote
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={needed_by > 0}
          title={needed_by > 0 ? 'Move its secrets to the primary key first' : undefined}
          onClick={() => onStep(retireStep(id))}
        >
          Retire
        </Button>
      </span>
    )}
  </li>
)

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

const Move = ({ state, done, total, error }: NonNullable<KeyList['rewrap']>) => {
  if (state === 'running')
    return (
      <div className={classes.move}>
        <p>
          Moving secrets to the primary key: {done} of {total}
        </p>
        <Progress value={total === 0 ? 100 : (100 * done) / total} aria-label="Secrets moved" />
      </div>
    )
  return error === null ? null : <p className={classes.dim}>{error}</p>
}

const Doctor = () => {
  const [report, setReport] = useState<DoctorView>()
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const examine = async () => {
    setBusy(true)
    try {
      setReport((await callApi<DoctorView>('/api/keys/doctor')).data)
      setError(undefined)
    } catch (problem) {
      setError(sentenceOf(problem))
    }
    setBusy(false)
  }
  return (
    <>
      <Button variant="default" loading={isBusy} onClick={examine}>
        Check all secrets
      </Button>
      <FormError>{error}</FormError>
      {report && (
        <output className={classes.report}>
          {report.healthy ? `All ${report.opened} secrets open.` : `${report.problem_count} secrets do not open.`}
          <ul>
            {report.problems.map(({ credential_id, version, name, problem }) => (
              <li key={`${credential_id} ${version}`}>
                {name} (version {version}): {problem}
              </li>
            ))}
            {[...report.keys, ...report.advice].map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </output>
      )}
    </>
  )
}

const Confirm = ({ path, title, note, button, onClose }: Step & { onClose(): void }) => {
  const go = async () => {
    await callApi(path, { method: 'POST' })
    onClose()
  }
  return (
    <QuestionDialog title={title} action={button} onConfirm={go} onClose={onClose}>
      <p className={form.note}>{note}</p>
    </QuestionDialog>
  )
}
