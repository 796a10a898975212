/** What a button asks before it does it. */
export interface KeyStep {
  path: string
  title: string
  note: string
  button: string
  /** What the toast says once it is done. */
  done: string
}

export const addStep: KeyStep = {
  path: '/api/keys',
  title: 'Add an encryption key?',
  note: 'The new key only opens until you promote it. Back the keys up in between: copy the key file apart from the database.',
  button: 'Add key',
  done: 'Key added',
}
export const rewrapStep: KeyStep = {
  path: '/api/keys/rewrap',
  title: 'Move all secrets to the primary key?',
  note: 'This runs in the background. Nothing stops working, and a restart goes on where it was.',
  button: 'Move secrets',
  done: 'Secrets are being moved',
}
export const promoteStep = (id: string): KeyStep => ({
  path: `/api/keys/${id}/promote`,
  title: 'Promote this key?',
  note: `Everything new is sealed with ${id}. The other keys still open what they sealed.`,
  button: 'Promote key',
  done: 'Key promoted',
})
export const retireStep = (id: string): KeyStep => ({
  path: `/api/keys/${id}/retire`,
  title: 'Retire this key?',
  note: `${id} moves to a file of its own. Backups from before the move of secrets still need it.`,
  button: 'Retire key',
  done: 'Key retired',
})
