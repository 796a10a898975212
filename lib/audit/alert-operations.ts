import type * as z from 'zod'
import { AppError } from '#lib/core/errors'
import { operation } from '#lib/core/operation'
import { decodeCursor, pageOf } from '#lib/core/page'
import {
  aboutOf,
  acknowledgeStored,
  countOpenAlerts,
  pageOfAlerts,
  readAlertSettings,
  writeAlertSettings,
} from './alert-store.ts'
import {
  type AlertRulesView,
  type AlertView,
  alertDefaults,
  alertList,
  alertRef,
  type alertRuleSettings,
  alertRulesInput,
  alertRulesView,
  listAlertsInput,
  storedAlertRules,
  testAlertInput,
  testedAlert,
  updateAlertRulesInput,
  alertView as viewShape,
} from './schema.ts'

export const listAlerts = operation({
  summary: 'List alerts, newest first',
  effect: 'read',
  permission: 'audit:read',
  audit: 'none',
  input: listAlertsInput,
  output: alertList,
  async run({ limit, cursor, state }, { actor, db }) {
    const after = decodeCursor(cursor, 'id')?.id
    const onlyOpen = state === 'open'
    const found = await pageOfAlerts(db, actor.workspaceId, { after, limit: limit + 1, onlyOpen })
    const { rows, page } = pageOf(found, limit, 'id', ({ id }) => id)
    return { items: rows.map(viewOf), page, open: await countOpenAlerts(db, actor.workspaceId) }
  },
})

export const acknowledgeAlert = operation({
  summary: 'Say that somebody has looked at an alert',
  effect: 'write',
  permission: 'audit:write',
  audit: 'alert.acknowledged',
  input: alertRef,
  output: viewShape,
  async run({ id }, { actor, tx, subject }) {
    const alert = await acknowledgeStored(tx, actor.workspaceId, id, actor.id)
    if (!alert) throw new AppError('not_found', 'There is no such alert.')
    subject({ type: 'alert', id, name: alert.rule, details: { rule: alert.rule, about: aboutOf(alert.key) } })
    return viewOf(alert)
  },
})

export const getAlertRules = operation({
  summary: 'Read from when on alerts are raised',
  effect: 'read',
  permission: 'audit:read',
  audit: 'none',
  input: alertRulesInput,
  output: alertRulesView,
  run: async (_input, { actor, db }) => viewOfRules(await readAlertSettings(db, actor.workspaceId)),
})

export const updateAlertRules = operation({
  summary: 'Change from when on alerts are raised, and which are not',
  effect: 'write',
  permission: 'audit:write',
  audit: 'workspace.updated',
  input: updateAlertRulesInput,
  output: alertRulesView,
  async run({ rules, off }, { actor, tx, subject }) {
    const stored = storedAlertRules.parse(await readAlertSettings(tx, actor.workspaceId))
    const next = changedRules(stored, rules, off)
    await writeAlertSettings(tx, actor.workspaceId, next)
    const details = { changed: ['alert_rules'], before: { alert_rules: stored }, after: { alert_rules: next } }
    subject({ type: 'workspace', id: actor.workspaceId, details })
    return viewOfRules(next)
  },
})

export const testAlert = operation({
  summary: 'Send what looks like an alert to where the trail is sent to',
  effect: 'write',
  permission: 'audit:write',
  audit: 'alert.tested',
  input: testAlertInput,
  output: testedAlert,
  async run({ rule }, { subject }) {
    const sentence = `A test of the rule “${rule}”: nothing has happened.`
    subject({ type: 'alert', name: rule, details: { rule, sentence, test: true } })
    return { rule, sentence }
  },
})

type StoredRules = z.output<typeof storedAlertRules>

const changedRules = (stored: StoredRules, given: z.output<typeof alertRuleSettings>, off?: string[]): StoredRules => {
  const isOff = (rule: string) => (off ? off.includes(rule) : isOffIn(stored, rule))
  const named = Object.keys(alertDefaults).map((rule) => {
    const { off: _, ...thresholds } = { off: undefined, ...(entryOf(given, rule) ?? entryOf(stored, rule)) }
    return [rule, { ...thresholds, ...(isOff(rule) && { off: true }) }] as const
  })
  return storedAlertRules.parse(Object.fromEntries(named.filter(([, settings]) => Object.keys(settings).length > 0)))
}

const entryOf = (rules: Readonly<Record<string, object | undefined>>, rule: string): object | undefined => rules[rule]

const isOffIn = (rules: StoredRules, rule: string): boolean => 'off' in (entryOf(rules, rule) ?? {})

const viewOfRules = (settings: unknown): AlertRulesView => {
  const stored = storedAlertRules.parse(settings)
  const rules = Object.entries(alertDefaults).map(([rule, defaults]) => {
    const { off: _, ...own } = { off: undefined, ...entryOf(stored, rule) }
    return [rule, { ...defaults, ...own }] as const
  })
  const off = Object.keys(alertDefaults).filter((rule) => isOffIn(stored, rule))
  return alertRulesView.parse({ rules: Object.fromEntries(rules), off })
}

type Stored = NonNullable<Awaited<ReturnType<typeof acknowledgeStored>>>

const viewOf = (alert: Stored): AlertView => ({
  id: alert.id,
  rule: alert.rule,
  sentence: alert.sentence,
  about: aboutOf(alert.key),
  installation: alert.workspaceId === null,
  raised_at: alert.raisedAt.toISOString(),
  acknowledged_by: alert.acknowledgedBy,
  acknowledged_at: alert.acknowledgedAt?.toISOString() ?? null,
})
