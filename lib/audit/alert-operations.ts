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
  type AlertView,
  alertDefaults,
  alertList,
  alertRef,
  alertRuleSettings,
  alertRulesInput,
  alertRulesView,
  listAlertsInput,
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
  run: async (_input, { actor, db }) => ({ rules: merged(await readAlertSettings(db, actor.workspaceId)) }),
})

export const updateAlertRules = operation({
  summary: 'Change from when on alerts are raised',
  effect: 'write',
  permission: 'audit:write',
  audit: 'workspace.updated',
  input: updateAlertRulesInput,
  output: alertRulesView,
  async run({ rules }, { actor, tx, subject }) {
    const stored = alertRuleSettings.parse(await readAlertSettings(tx, actor.workspaceId))
    const next = { ...stored, ...rules }
    await writeAlertSettings(tx, actor.workspaceId, next)
    const details = { changed: ['alert_rules'], before: { alert_rules: stored }, after: { alert_rules: next } }
    subject({ type: 'workspace', id: actor.workspaceId, details })
    return { rules: merged(next) }
  },
})

const merged = (stored: unknown) => {
  const own: Readonly<Record<string, object | undefined>> = alertRuleSettings.parse(stored)
  return Object.fromEntries(
    Object.entries(alertDefaults).map(([rule, defaults]) => [rule, { ...defaults, ...own[rule] }]),
  )
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
