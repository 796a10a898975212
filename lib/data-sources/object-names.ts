/** What a data source holds besides relations; kept as the last refresh read it. */
export const namedTypes = ['routine', 'enum', 'extension'] as const
export type NamedType = (typeof namedTypes)[number]

type Named = { type: 'enum' | 'extension'; name: string } | { type: 'routine'; name: string; arguments: string }

/** What it is called where names are unique: routines of one name are told apart by their arguments. */
export const objectName = (object: Named): string =>
  object.type === 'routine' ? `${object.name}(${object.arguments})` : object.name
