const browsers = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const

const systems = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\b(?:CrOS)\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const

/** “Firefox on Linux”: enough to know one's own browsers by; what says neither is shown as it is. */
export const describeUserAgent = (text: string | null): string => {
  if (text === null || text === '') return 'Unknown browser'
  const [browser, system] = [nameIn(browsers, text), nameIn(systems, text)]
  if (browser === undefined && system === undefined) return text.slice(0, 60)
  return [browser ?? 'A browser', ...(system === undefined ? [] : [`on ${system}`])].join(' ')
}

const nameIn = (table: readonly (readonly [RegExp, string])[], text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1]
