import { IconBraces, IconCopy, IconHistory } from '@tabler/icons-react'
import { objectName } from '#lib/data-sources/object-names'
import type { NamedObject, WholeObject } from '#lib/data-sources/objects'
import { changesLink } from './changes-link.ts'
import type { ExplorerSource } from './explorer-source.ts'
import { qualifiedName, quoted, textLiteral } from './sql-text.ts'

type Source = Pick<ExplorerSource, 'id' | 'writing'>

/** What can be taken along or done with a routine, an enum or an extension. */
export const objectActions = {
  name: {
    ...{ label: 'Copy name', icon: IconCopy },
    text: ({ name }: NamedObject, { writing }: Source) => quoted(name, writing.quote),
  },
  qualified: {
    ...{ label: 'Copy qualified name', icon: IconCopy },
    text: (object: NamedObject, { writing }: Source) => qualifiedName(object, writing.quote),
  },
  definition: {
    ...{ label: 'Copy definition', icon: IconBraces },
    text: (object: WholeObject, { writing }: Source) => definitionOf(object, writing) ?? '',
  },
  changes: {
    ...{ label: 'Show changes', icon: IconHistory },
    href: (object: NamedObject, { id }: Source) =>
      changesLink(id, { type: object.type, schema: object.schema, name: objectName(object) }),
  },
} as const

/** What makes one like it; of a routine what it does, as its server keeps it, and nothing where that is hidden or no text. */
export const definitionOf = (object: WholeObject, { quote, dialect }: ExplorerSource['writing']): string | null => {
  if (object.type === 'routine') return object.definition
  if (object.type === 'enum') {
    const labels = object.labels.map((label) => textLiteral(label, dialect)).join(', ')
    return `CREATE TYPE ${qualifiedName(object, quote)} AS ENUM (${labels});`
  }
  const version = textLiteral(object.version, dialect)
  return `CREATE EXTENSION ${quoted(object.name, quote)} SCHEMA ${quoted(object.schema, quote)} VERSION ${version};`
}
