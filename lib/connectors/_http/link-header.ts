/** The address that a `Link` header gives for a relation (RFC 8288), as it stands there; it may be relative. */
export const linkTo = (relation: string, header: string): string | undefined => {
  for (const { target, parameters } of linksOf(header)) {
    const relations = parameters.rel?.toLowerCase().split(/\s+/)
    // One with another context says something about another page.
    if (relations?.includes(relation) && parameters.anchor === undefined) return target
  }
  return undefined
}

interface Link {
  target: string
  parameters: Partial<Record<string, string>>
}

const linkStart = /[\s,]*<([^>]*)>/y
const parameter = /\s*;\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/y

/** Read by position, so that a comma or a semicolon inside of an address or of quotes is none. */
const linksOf = (header: string): Link[] => {
  const links: Link[] = []
  for (let at = 0; ; ) {
    linkStart.lastIndex = at
    const start = linkStart.exec(header)
    if (!start) return links
    const parameters: Link['parameters'] = {}
    at = linkStart.lastIndex
    for (;;) {
      parameter.lastIndex = at
      const match = parameter.exec(header)
      if (!match) break
      at = parameter.lastIndex
      const name = (match[1] ?? '').toLowerCase()
      // The first one counts.
      parameters[name] ??= match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? ''
    }
    links.push({ target: (start[1] ?? '').trim(), parameters })
  }
}
