import { IconFunction, IconListLetters, IconPuzzle, type TablerIcon } from '@tabler/icons-react'
import type { NamedObject } from '#lib/data-sources/objects'

const routines = {
  function: 'Function',
  procedure: 'Procedure',
  aggregate: 'Aggregate',
  window: 'Window function',
} as const

/** How a thing that is no relation looks and is called. */
export const objectKind = (object: NamedObject): { label: string; icon: TablerIcon } => {
  if (object.type === 'routine') return { label: routines[object.kind], icon: IconFunction }
  return object.type === 'enum' ? { label: 'Enum', icon: IconListLetters } : { label: 'Extension', icon: IconPuzzle }
}

/** What one wants to know of it beside its name. */
export const objectNote = (object: NamedObject): string => {
  if (object.type === 'enum') return object.labels.join(', ')
  if (object.type === 'extension') return object.version
  return `(${object.arguments})${object.returns ? ` → ${object.returns}` : ''}`
}
