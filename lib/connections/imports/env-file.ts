import { parseEnv } from 'node:util'
import type { ForeignEntry } from './entry.ts'

/** An `.env` file: every variable that is an address by itself, and what is left as one connection in several variables. */
export const readEnvFile = (text: string, isKnown: (paste: string) => boolean): ForeignEntry[] | undefined => {
  if (!/^\s*(?:export\s+)?[A-Za-z_]\w*\s*=/m.test(text)) return undefined
  const variables = Object.entries(parseEnv(text)).flatMap(([name, value]) => (value ? [[name, value] as const] : []))
  const addresses = variables.filter(([, value]) => isKnown(value))
  const rest = variables.filter(([, value]) => !isKnown(value))
  const lines = rest.map(([name, value]) => `${name}='${value}'`).join('\n')
  const entries = addresses.map(([name, value]) => ({ label: name, name: nameOf(name), paste: value }))
  if (rest.length > 0 && isKnown(lines)) {
    const [first] = rest.map(([name]) => name)
    entries.push({ label: `${first}, …`, name: first?.split('_')[0]?.toLowerCase() ?? 'env', paste: lines })
  }
  return entries.length > 0 ? entries : undefined
}

/** `AIRFLOW_CONN_PROD_DB` → `prod-db`, `SHOP_DATABASE_URL` → `shop-database`. */
const nameOf = (variable: string): string =>
  variable
    .replace(/^AIRFLOW_CONN_/i, '')
    .replace(/_(?:URL|URI|DSN)$/i, '')
    .toLowerCase()
    .replaceAll('_', '-')
