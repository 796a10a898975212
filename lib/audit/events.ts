/** Everything the audit trail can say, with the sentence a person reads. */
export const auditEvents = {
  'setup.completed': 'completed the first-run set-up',
  'session.created': 'signed in',
  'session.refused': 'failed to sign in',
  'session.ended': 'signed out',
  'user.password_reset': 'reset a password',
  'api_key.created': 'created an API key',
  'api_key.revoked': 'revoked an API key',
  'credential.created': 'created a credential',
  'credential.updated': 'changed a credential',
  'credential.bound': 'changed where a stored credential may be sent',
  'credential.purged': 'deleted a credential permanently',
  'credential.refused': 'a stored credential could not be opened',
  'connection.created': 'created a connection',
  'connection.updated': 'changed a connection',
  'connection.deleted': 'deleted a connection',
  'connection.restored': 'restored a connection',
  'connection.purged': 'deleted a connection permanently',
  'connection.duplicated': 'duplicated a connection',
  'connection.tested': 'tested a connection',
  'connection.draft_tested': 'tested unsaved connection settings',
  'data_source.discovered': 'listed what a data source holds',
} as const

export type AuditEvent = keyof typeof auditEvents
