/** Where something belongs, with the strictest first, as lists and filters name it. */
export const environmentLabels = { prod: 'Production', staging: 'Staging', dev: 'Development' } as const

export type Environment = keyof typeof environmentLabels

export const environments = ['dev', 'staging', 'prod'] as const satisfies readonly Environment[]

/** What a form offers; leaving it open comes first. */
export const environmentChoices = <T extends string>(open: T) =>
  [{ value: '', label: open }, ...environments.map((value) => ({ value, label: environmentLabels[value] }))] as const
