/** What can be missing before a database is asked to log anybody in. */
export const loginCauses = {
  'auth.no_credential': {
    stage: 'authenticate',
    field: '/credential/username',
    sentence: () =>
      'This connection has no credential. Enter a username and a password, or choose a stored credential.',
  },
  'auth.no_password': {
    stage: 'authenticate',
    field: '/credential/password',
    sentence: ({ username }: { username: string }) =>
      `The server asks for a password and there is none for “${username}”. Enter it.`,
  },
} as const
