/** The classes of changes, for people. */
export const schemaChangeWords = { breaking: 'Can break', additive: 'Adds', neutral: 'Harmless' } as const

/** In this order they are shown. */
export const schemaChangeOrder = ['breaking', 'additive', 'neutral'] as const
