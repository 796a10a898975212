import { environmentOf, type ForeignEntry, objectOf, pasteOf, textOf } from './entry.ts'

/** dbt's `profiles.yml`: every output of every profile. `{{ env_var(…) }}` has to be filled in. */
export const readDbt = (document: unknown): ForeignEntry[] | undefined => {
  const profiles = Object.entries(objectOf(document) ?? {}).filter(([name]) => name !== 'config')
  const entries = profiles.flatMap(([profile, value]) =>
    Object.entries(objectOf(objectOf(value)?.outputs) ?? {}).map(([target, output]) =>
      entryOf(profile, target, objectOf(output) ?? {}),
    ),
  )
  return entries.length > 0 ? entries : undefined
}

const entryOf = (profile: string, target: string, output: Record<string, unknown>): ForeignEntry => {
  const { type, host, server, port, user, username, password, pass, dbname, database, schema, sslmode } = output
  const written = {
    host: host ?? server,
    port,
    login: user ?? username,
    password: password ?? pass,
    schema: dbname ?? database ?? schema,
  }
  const templates = Object.entries(written).filter(([, value]) => /\{\{/.test(textOf(value) ?? ''))
  const plain = Object.fromEntries(Object.entries(written).filter(([, value]) => !/\{\{/.test(textOf(value) ?? '')))
  return {
    label: `${profile} · ${target}`,
    name: `${profile}-${target}`,
    paste: pasteOf({ conn_type: String(type), ...plain, extra: { ...(sslmode !== undefined && { sslmode }) } }),
    environment: environmentOf(target),
    notes:
      templates.length > 0
        ? [`Filled in when dbt runs, so not here: ${templates.map(([name]) => name).join(', ')}.`]
        : [],
  }
}
