/** How the list is shown in this browser: which columns, and how close the rows are. */
export interface ViewSettings {
  columns: readonly ColumnChoice[]
  density: Density
}

/** The columns one may leave out, in the order they stand; name, selection and menu are always there. */
export const columnLabels = {
  type: 'Connector',
  summary: 'Address',
  environment: 'Environment',
  tags: 'Tags',
  role: 'Role',
  used_by_count: 'Used in',
  status: 'Last test',
  updated_at: 'Changed',
  created_at: 'Added',
} as const
export type ColumnChoice = keyof typeof columnLabels
export const columnChoices = Object.keys(columnLabels) as ColumnChoice[]

export const densities = ['comfortable', 'compact'] as const
export type Density = (typeof densities)[number]

/** Heights of a row, in rem; every row has exactly this, so that what is not on screen need not exist. */
export const rowRem = { comfortable: 3.25, compact: 2.25 } as const satisfies Record<Density, number>

export const defaultSettings: ViewSettings = {
  columns: ['type', 'summary', 'environment', 'used_by_count', 'status', 'updated_at'],
  density: 'comfortable',
}

/** A cookie, because the server draws the first rows and they must not jump afterwards. */
export const settingsCookie = 'jf-list'

/** `type.summary.status:compact`; what it does not know is left out. */
export const parseSettings = (text: string | undefined): ViewSettings => {
  const [columns, density] = text?.split(':') ?? []
  if (columns === undefined || density === undefined) return defaultSettings
  const chosen = columns.split('.')
  return {
    columns: columnChoices.filter((column) => chosen.includes(column)),
    density: densities.find((one) => one === density) ?? defaultSettings.density,
  }
}

export const formatSettings = ({ columns, density }: ViewSettings): string => `${columns.join('.')}:${density}`

/** So many columns that they only fit on wide screens; below, the table scrolls sideways. */
export const isWide = ({ columns }: ViewSettings): boolean => columns.length > defaultSettings.columns.length
