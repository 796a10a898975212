import { AppError } from '#lib/core/errors'
import { misplacedSecret } from '#lib/core/misplaced-secret'
import { parseJson } from '#lib/core/page'
import { escapePointer } from '#lib/core/parse'
import { referenceKey, relationsAround } from './named-relations.ts'

/** One place in a definition that names a connection. */
export interface FoundReference {
  /** JSON pointer; behind a `#` goes on inside a text that is JSON itself. */
  pointer: string
  /** As it stands there: a slug or an id. */
  connId: string
  /** The step of the pipeline it belongs to, where the definition says so. */
  node: string | null
  /** The tables or streams that stand beside it, as they are written there; none where it does not say which it uses. */
  relations: string[]
}

const referencesMax = 2_000
const nameMax = 128
// Part of an index entry, which PostgreSQL bounds at a third of a page.
const pointerMax_bytes = 2_000

const labelKeys = ['node', 'node_id', 'task_id', 'step_id', 'id', 'key', 'name']
const stepLists = new Set(['nodes', 'tasks', 'steps', 'stages', 'activities', 'operators'])

interface Place {
  pointer: string
  node: string | null
  /** The key under which the value, or the list it is in, stands. */
  key: string
  isInList: boolean
  /** Its parent lists steps by name. */
  isStep: boolean
  isInText: boolean
  /** The objects it stands in, the innermost first, up to its step. */
  around: readonly object[]
}

/** Every reference in a definition, wherever it stands: `conn_id`, `conn_ids` and Airflow's `postgres_conn_id`, one or a list. */
export const findReferences = (definition: unknown): FoundReference[] => {
  const found: FoundReference[] = []
  const top = { pointer: '', node: null, key: '', isInList: false, isStep: false, isInText: false, around: [] }
  walk(definition, top, found)
  if (found.length > referencesMax) throw refuse('', `A definition may name connections in ${referencesMax} places.`)
  return found
}

const walk = (value: unknown, place: Place, found: FoundReference[]): void => {
  if (typeof value === 'string') readText(value, place, found)
  if (typeof value !== 'object' || value === null) return
  const isList = Array.isArray(value)
  const node = isList || place.pointer === '' ? place.node : (labelOf(value, place) ?? place.node)
  const around = isList ? place.around : place.isInList || place.isStep ? [value] : [value, ...place.around]
  for (const [key, inner] of Object.entries(value)) {
    checkKey(key, place.pointer)
    const next: Place = {
      pointer: `${place.pointer}/${escapePointer(key)}`,
      node,
      key: isList ? place.key : key,
      isInList: isList,
      isStep: !isList && !place.isInList && stepLists.has(place.key),
      isInText: place.isInText,
      around,
    }
    walk(inner, next, found)
  }
}

const readText = (text: string, place: Place, found: FoundReference[]): void => {
  const { pointer, node, key, isInText, around } = place
  if (referenceKey.test(key) && text.trim() !== '') {
    addReference({ pointer, connId: text.trim(), node, relations: relationsAround(around) }, found)
    return
  }
  const secret = misplacedSecret(text)
  if (secret !== undefined) {
    throw refuse(
      pointer,
      `This holds ${secret}. Store it as a credential of a connection, and name the connection here.`,
    )
  }
  if (!isInText && /^\s*[{[]/.test(text) && text.includes('conn_id')) {
    walk(parseJson(text), { ...place, pointer: `${pointer}#`, isInText: true }, found)
  }
}

const addReference = (reference: FoundReference, found: FoundReference[]): void => {
  const { pointer, connId } = reference
  if ([...connId].length > nameMax) throw refuse(pointer, `The id of a connection has at most ${nameMax} characters.`)
  if (Buffer.byteLength(pointer) > pointerMax_bytes) throw refuse(pointer.slice(0, 200), 'This is nested too deeply.')
  found.push(reference)
}

/** What people call the step: its own label, or its key in `nodes: { source_db: … }`. */
const labelOf = (value: object, { key, isStep }: Place): string | null => {
  const entries = new Map(Object.entries(value))
  const label = labelKeys.map((name) => entries.get(name)).find((text) => typeof text === 'string' && text !== '')
  const own = typeof label === 'string' ? label : isStep ? key : null
  return own === null ? null : [...own].slice(0, 128).join('')
}

// The database can store neither in a key, and says so in words nobody understands.
const checkKey = (key: string, pointer: string): void => {
  if (key.includes('\0') || !key.isWellFormed())
    throw refuse(pointer, 'A field’s name holds a character that cannot be stored.')
}

const refuse = (at: string, message: string): AppError => {
  const pointer = `/definition${at}`
  return new AppError('invalid_request', message, { errors: [{ pointer, message }] })
}
