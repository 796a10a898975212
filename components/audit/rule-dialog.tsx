'use client'
import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { FormError } from '#components/layout/form-error'
import { alertDefaults, thresholds } from '#lib/audit/schema'
import { callApi } from '#lib/client/api'
import { ApiError, sentenceOf } from '#lib/client/problem'
import form from '../layout/form.module.css'
import { useFocusBack } from '../layout/use-focus-back.ts'
import { ruleWords, thresholdWords } from './rule-words.ts'
import type { RuleView } from './rules.tsx'

interface RuleDialogProps {
  rule: RuleView
  /** All rules that are off. */
  off: readonly string[]
  onClose(): void
}

/** From when on a rule raises an alert, or that it does not. */
export const RuleDialog = ({ rule: { rule, thresholds: now, isOff }, off, onClose }: RuleDialogProps) => {
  useFocusBack()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const fields: ReadonlyMap<string, string> = error instanceof ApiError ? error.fields : new Map()
  const names = thresholds.filter((name) => name in now)
  const send = async (own: object, isOn: boolean) => {
    setBusy(true)
    setError(undefined)
    const others = off.filter((other) => other !== rule)
    try {
      const body = { rules: { [rule]: own }, off: isOn ? others : [...others, rule] }
      await callApi('/api/alerts/rules', { method: 'PATCH', body })
      onClose()
    } catch (problem) {
      setError(problem)
      setBusy(false)
    }
  }
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const own = Object.fromEntries(names.map((name) => [name, Number(data.get(name))]))
    return send(own, data.get('on') !== null)
  }
  const { name } = ruleWords[rule]
  return (
    <Modal opened onClose={onClose} title={name} centered>
      <form className={form.body} method="post" onSubmit={save} noValidate>
        <FormError>{error !== undefined && fields.size === 0 && sentenceOf(error)}</FormError>
        <Checkbox name="on" label="Raise this alert" defaultChecked={!isOff} />
        {names.map((one) => (
          <TextInput
            key={one}
            label={thresholdWords[one]}
            name={one}
            inputMode="numeric"
            autoComplete="off"
            defaultValue={String(now[one])}
            description={`Unless changed: ${defaultOf(rule, one)}.`}
            error={fields.get(`/rules/${rule}/${one}`)}
          />
        ))}
        <div className={form.choice}>
          <Button variant="default" disabled={isBusy} onClick={() => send({}, true)}>
            Back to defaults
          </Button>
          <Button type="submit" loading={isBusy}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  )
}

const defaultOf = (rule: keyof typeof alertDefaults, name: string): number => {
  const defaults: Readonly<Record<string, number>> = alertDefaults[rule]
  return defaults[name] ?? 0
}
