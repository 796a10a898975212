'use client'
import { Button } from '@mantine/core'
import dynamic from 'next/dynamic'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { Badge } from '#components/layout/badge'
import { Allowed } from '#components/layout/permissions'
import { actionsColumn, Table } from '#components/layout/table'
import { type AlertRule, type AlertRulesView, alertDefaults } from '#lib/audit/schema'
import { callApi } from '#lib/client/api'
import { formatNumber } from '#lib/format/number'
import tableClasses from '../layout/table.module.css'
import classes from './audit.module.css'
import { ruleWords } from './rule-words.ts'
import { useBusy } from './use-busy.ts'

const RuleDialog = dynamic(() => import('./rule-dialog.tsx').then((module) => module.RuleDialog), { ssr: false })

export interface RuleView {
  rule: AlertRule
  thresholds: Readonly<Record<string, number>>
  isOff: boolean
}

/** What raises an alert, and from when on. */
export const Rules = ({ settings }: { settings: AlertRulesView }) => {
  const router = useRouter()
  const [editing, setEditing] = useState<RuleView>()
  const close = () => {
    setEditing(undefined)
    router.refresh()
  }
  return (
    <>
      <Table label="Alert rules" columns={['Rule', 'Raised when', 'State', actionsColumn]}>
        {rulesOf(settings).map((one) => (
          <tr key={one.rule} className={tableClasses.row}>
            <td>{ruleWords[one.rule].name}</td>
            <td className={tableClasses.dim}>{whenOf(one)}</td>
            <td>
              <State rule={one} />
            </td>
            <td className={tableClasses.end}>
              <RuleButtons rule={one} edit={() => setEditing(one)} />
            </td>
          </tr>
        ))}
      </Table>
      {editing && <RuleDialog rule={editing} off={settings.off} onClose={close} />}
    </>
  )
}

const State = ({ rule: { rule, thresholds, isOff } }: { rule: RuleView }) => {
  if (isOff) return <Badge>Off</Badge>
  const defaults: Readonly<Record<string, number>> = alertDefaults[rule]
  const isOwn = Object.entries(thresholds).some(([name, value]) => defaults[name] !== value)
  return (
    <span>
      <Badge tone="success">On</Badge> {isOwn && <span className={tableClasses.dim}>changed</span>}
    </span>
  )
}

const RuleButtons = ({ rule: { rule }, edit }: { rule: RuleView; edit(): void }) => {
  const { name, isFixed } = ruleWords[rule]
  const { isBusy, run } = useBusy(rule, name)
  const test = () =>
    run(async () => {
      await callApi('/api/alerts/rules/test', { method: 'POST', body: { rule } })
      return { title: 'Test sent', message: 'It stands in the trail and goes to all of its destinations.' }
    })
  return (
    <Allowed to="audit:write">
      <span className={classes.buttons}>
        <Button variant="default" size="xs" loading={isBusy} onClick={test} aria-label={`Test ${name}`}>
          Test
        </Button>
        {isFixed === undefined && (
          <Button variant="default" size="xs" onClick={edit} aria-label={`Edit ${name}`}>
            Edit
          </Button>
        )}
      </span>
    </Allowed>
  )
}

const isRule = (name: string): name is AlertRule => Object.hasOwn(ruleWords, name)

const rulesOf = ({ rules, off }: AlertRulesView): RuleView[] =>
  Object.entries(rules).flatMap(([rule, thresholds]) =>
    isRule(rule) ? [{ rule, thresholds, isOff: off.includes(rule) }] : [],
  )

const whenOf = ({ rule, thresholds }: RuleView): string =>
  ruleWords[rule].when.replace(/\{(\w+)\}/g, (_, name: string) => formatNumber(thresholds[name] ?? 0))
