import { type Dialects, type Parts, partsOf } from './parts.ts'

/** An Airflow connection as JSON: `{"conn_type": "postgres", "host": …, "login": …, "extra": {…}}`. */
export const readAirflowJson = (text: string, { schemes }: Dialects): Parts | undefined => {
  const given = text.trimStart().startsWith('{') ? objectOf(text) : undefined
  const type = given?.get('conn_type')?.toLowerCase().replaceAll('-', '_')
  if (!given || type === undefined || !schemes.includes(type)) return undefined
  const values = new Map<string, string>()
  for (const [from, to] of names) {
    const value = given.get(from)
    if (value !== undefined && value !== '') values.set(to, value)
  }
  return withExtra(partsOf('airflow', { scheme: type, values }))
}

/** What stands in `extra`, beside the rest; the rest counts where both say something. */
export const withExtra = (parts: Parts): Parts => {
  const extra = parts.values.get('__extra__')
  if (extra === undefined) return parts
  const more = [...(objectOf(extra) ?? [])].filter(([, value]) => value !== '')
  const values = new Map([...more, ...parts.values])
  values.delete('__extra__')
  return { ...parts, values }
}

const names = new Map([
  ['host', 'host'],
  ['port', 'port'],
  ['login', 'user'],
  ['password', 'password'],
  ['schema', 'database'],
  ['extra', '__extra__'],
])

/** Members of a JSON object as texts; what is an object itself stays JSON. */
const objectOf = (text: string): Map<string, string> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const members = Object.entries(value).filter(([, member]) => member !== null)
    return new Map(
      members.map(([key, member]) => [key, typeof member === 'object' ? JSON.stringify(member) : String(member)]),
    )
  } catch {
    // The parser's message would quote a secret.
    return undefined
  }
}
