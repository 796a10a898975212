/** Whether a schema, or something in it, is kept. A schema is unless all that could be in it is left out. */
export type KeptNames = (schema: string, name?: string) => boolean

/** Reads patterns such as `sales.*`, `*.orders` and `raw_*`; what is excluded stays out whatever is included. */
export const keptNames = ({ include, exclude }: { include: string[]; exclude: string[] }): KeptNames => {
  const included = include.map(readPattern)
  const excluded = exclude.map(readPattern)
  return (schema, name) => {
    if (
      excluded.some(
        (pattern) => pattern.schema(schema) && (pattern.isWhole || (name !== undefined && pattern.name(name))),
      )
    )
      return false
    if (included.length === 0) return true
    return included.some((pattern) => pattern.schema(schema) && (name === undefined || pattern.name(name)))
  }
}

const readPattern = (text: string) => {
  const dot = text.indexOf('.')
  const [schema, name] = dot < 0 ? [text, '*'] : [text.slice(0, dot), text.slice(dot + 1)]
  return { schema: matcher(schema), name: matcher(name), isWhole: /^\*+$/.test(name) }
}

const matcher = (pattern: string): ((text: string) => boolean) => {
  const parts = pattern.split(/\*+/)
  const [first = '', ...rest] = parts
  const last = rest.pop()
  return (text) => {
    if (last === undefined) return text === first
    if (!text.startsWith(first)) return false
    let at = first.length
    for (const part of rest) {
      const found = text.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return text.length - last.length >= at && text.endsWith(last)
  }
}
