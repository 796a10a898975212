/** The classes of changes, for people. */
export const schemaChangeWords = { breaking: 'Can break', additive: 'More', neutral: 'Harmless' } as const
