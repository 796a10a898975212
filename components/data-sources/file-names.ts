/** Names come from other people's machines: what cannot be seen, or turns the line around, is shown as a mark. */
export const visibleName = (name: string): string => name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '␣')

/** The folders above a path, from the top, each with its own path. */
export const crumbsOf = (path: string): { name: string; path: string }[] => {
  const names = path === '' ? [] : path.split('/')
  return names.map((name, index) => ({ name, path: names.slice(0, index + 1).join('/') }))
}

export const parentOf = (path: string): string => path.split('/').slice(0, -1).join('/')

/** Where a row leads; undefined where nothing can be opened. */
export const leadsTo = ({
  kind,
  leads_to,
}: {
  kind: string
  leads_to?: string | null | undefined
}): 'folder' | 'file' | undefined => {
  const target = kind === 'link' ? leads_to : kind
  return target === 'folder' || target === 'file' ? target : undefined
}

/** Columns whose values are compared digit by digit stand to the right. */
export const isNumeric = (type: string): boolean => /^(?:integer|decimal|u?int|float|double)/.test(type)

/** Under which a preview is kept; the server and the browser ask by the same one. */
export const previewKey = (file: string, format: string | undefined): string => `${format ?? ''} ${file}`

/** How a file may be read, and what that is called. */
export const formats = { csv: 'CSV', json: 'JSON', ndjson: 'NDJSON', parquet: 'Parquet', text: 'Text' } as const

/** The format that the address names; of any other, as of none, the server and the browser know nothing. */
export const formatOf = (text: string | null): keyof typeof formats | undefined =>
  (Object.keys(formats) as (keyof typeof formats)[]).find((format) => format === text)
