import type { AlertRule, Threshold } from '#lib/audit/schema'

interface RuleWords {
  name: string
  /** From when on, with its thresholds in braces. */
  when: string
  /** It concerns the installation: no workspace sets it. */
  isFixed?: true
}

/** What raises an alert, for people. */
export const ruleWords: Readonly<Record<AlertRule, RuleWords>> = {
  sign_in_failures: { name: 'Failed sign-ins', when: '{count} within {minutes} minutes' },
  test_failures: { name: 'Refused connection tests', when: '{count} refused logins within {minutes} minutes' },
  decrypt_failure: { name: 'A changed secret', when: 'A stored secret is not what was sealed' },
  audit_broken: { name: 'A changed audit trail', when: 'The trail does not verify' },
  bulk_export: {
    name: 'Large exports of the trail',
    when: '{count} exports, or {events} events, within {minutes} minutes',
  },
  destination_changed: { name: 'A changed destination', when: 'A stored secret may be sent elsewhere' },
  new_admin: { name: 'A new admin or owner', when: 'Somebody becomes one' },
  key_age: { name: 'An old encryption key', when: 'The primary key is older than {days} days', isFixed: true },
  sink_disabled: { name: 'A silent destination', when: 'Switched off, removed, or {count} failures in a row' },
  slot_behind: { name: 'A replication slot behind', when: 'More than {megabytes} MB behind, lost, or gone' },
  credential_expiring: {
    name: 'An expiring credential',
    when: '{days} days before, then a week, a day, and when it is over',
  },
  rotation_due: { name: 'A secret to be replaced', when: '{days} days before, then a day, and when it is over' },
}

export const thresholdWords: Readonly<Record<Threshold, string>> = {
  count: 'How often',
  minutes: 'Within how many minutes',
  days: 'Days before',
  events: 'Events exported',
  megabytes: 'Megabytes behind',
}
