const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 })
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
const byteUnits = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const

/** 1234567 → "1,234,567". */
export const formatNumber = (value: number): string => grouped.format(value)

/** 1234567 → "1.2M": where there is no room for every digit. */
export const formatCompact = (value: number): string => compact.format(value)

/** 1536 → "1.5 KB", in steps of 1,024 as PostgreSQL and `ls -h` count. */
export const formatBytes = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log2(bytes) / 10))
  const value = bytes / 1024 ** step
  return `${step > 0 && value < 10 ? value.toFixed(1).replace(/\.0$/, '') : formatNumber(Math.round(value))} ${byteUnits[step]}`
}

/** `plural(1, 'table')` → "1 table", `plural(2000, 'table')` → "2,000 tables". */
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`
