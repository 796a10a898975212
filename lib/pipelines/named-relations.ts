/** Under these keys a definition names connections: `conn_id`, `conn_ids`, Airflow's `postgres_conn_id`. */
export const referenceKey = /(^|_)conn_ids?$/

const relationKey = /(^|_)(tables?|table_names?|dbtable|relations?|streams?|stream_names?)$/
const schemaKey = /(^|_)(schema|schema_name|namespace)$/
const nameKeys = ['name', 'table', 'table_name', 'stream', 'stream_name', 'relation']
/** A statement may read anything, and so may a name that is made up when the pipeline runs. */
const statementKey = /(^|_)(sql|query|queries|statement|statements)$/
const isMadeUp = (name: string): boolean => /[*%?{}$]/.test(name)

const namesMax = 500
const nameMax = 300

/** What an object and those in it say of tables; what belongs to another reference is not theirs. */
interface Said {
  names: Set<string>
  isUnsure: boolean
  hasReference: boolean
}

const known = new WeakMap<object, Said>()

/**
 * The tables or streams that stand beside a reference: in its own object, or else in the next one around it. None where
 * it does not say, or says something that only its engine understands: such a pipeline may use all of the connection.
 */
export const relationsAround = (around: readonly object[]): string[] => {
  for (const object of around) {
    const { names, isUnsure } = saidIn(object)
    if (isUnsure || names.size > namesMax) return []
    if (names.size > 0) return [...names]
  }
  return []
}

const saidIn = (object: object): Said => {
  const before = known.get(object)
  if (before) return before
  const said: Said = { names: new Set(), isUnsure: false, hasReference: false }
  known.set(object, said)
  const schema = textAt(object, schemaKey)
  for (const [written, value] of Object.entries(object)) readField(plainKey(written), value, { said, schema })
  return said
}

interface Reading {
  said: Said
  schema: string | undefined
}

const readField = (key: string, value: unknown, { said, schema }: Reading): void => {
  if (referenceKey.test(key)) said.hasReference ||= value !== null
  else if (statementKey.test(key)) said.isUnsure ||= value !== null && value !== ''
  else if (relationKey.test(key)) for (const one of listOf(value)) readName(one, { said, schema })
  else for (const one of listOf(value)) addInner(one, said)
}

const addInner = (value: unknown, said: Said): void => {
  if (typeof value !== 'object' || value === null) return
  const inner = Array.isArray(value) ? { items: value } : value
  const { names, isUnsure, hasReference } = saidIn(inner)
  if (hasReference) said.hasReference = true
  else {
    said.isUnsure ||= isUnsure
    for (const name of names) said.names.add(name)
  }
}

const readName = (value: unknown, { said, schema }: Reading): void => {
  if (typeof value === 'string') addName(value, { said, schema })
  else if (typeof value === 'object' && value !== null) {
    const entries = new Map(Object.entries(value))
    const name = nameKeys.map((key) => entries.get(key)).find((one) => one !== undefined)
    // Airbyte puts the stream's name and namespace one level deeper.
    const own = textAt(value, schemaKey) ?? schema
    if (typeof name === 'string') addName(name, { said, schema: own })
    else if (typeof name === 'object' && name !== null) readName(name, { said, schema: own })
    else said.isUnsure = true
  } else if (value !== null && value !== undefined) said.isUnsure = true
}

const addName = (written: string, { said, schema }: Reading): void => {
  const name = written.trim()
  const whole = schema !== undefined && name !== '' && !name.includes('.') ? `${schema}.${name}` : name
  if (name === '' || whole.length > nameMax || isMadeUp(whole)) said.isUnsure = true
  else said.names.add(whole)
}

const textAt = (object: object, pattern: RegExp): string | undefined =>
  Object.entries(object).flatMap(([key, value]) =>
    pattern.test(plainKey(key)) && typeof value === 'string' && value.trim() !== '' ? [value.trim()] : [],
  )[0]

/** `tableName` as `table_name`. */
const plainKey = (key: string): string => key.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])
