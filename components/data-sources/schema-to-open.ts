import type { DiscoveredSchema } from '#lib/connectors/contract'

/** The schema of the relation in the address, else the connection's own, else the first one with something in it. */
export const schemaToOpen = (
  schemas: readonly DiscoveredSchema[],
  key: string | undefined,
  own: unknown,
): string | undefined => {
  const named = key === undefined ? undefined : schemaOf(key)
  const usable = schemas.filter(({ usable, relations }) => usable && relations > 0)
  const preferred = usable.find(({ name }) => name === own) ?? usable[0]
  return (schemas.find(({ name }) => name === named) ?? preferred)?.name
}

const schemaOf = (key: string): string => {
  // A type may stand before it, as in `routine:public.total()`.
  const part = key.slice(key.indexOf(':') + 1).split('.')[0] ?? ''
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
