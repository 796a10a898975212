/** A document as it was written: numbers keep all their digits, members their order, even those of one name. */
export type JsonNode =
  | { kind: 'value'; text: string }
  | { kind: 'object' | 'array'; members: { name: string | undefined; node: JsonNode }[] }

const token = /\s*([{}[\],:]|"(?:[^"\\]|\\[\s\S])*"|[^\s{}[\],:"]+)/y
const deepest = 200

/** Undefined for what is no JSON, or nested beyond reading. */
export const readJson = (text: string): JsonNode | undefined => {
  try {
    JSON.parse(text)
    return new Reader(text).value(0)
  } catch {
    return undefined
  }
}

/** Goes through a text that is known to be JSON. */
class Reader {
  #text: string
  #at = 0
  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonNode {
    if (depth > deepest) throw new RangeError('nested too deep')
    const text = this.#next()
    if (text === '{' || text === '[') return this.#members(text === '{' ? 'object' : 'array', depth)
    return { kind: 'value', text }
  }

  #members(kind: 'object' | 'array', depth: number): JsonNode {
    const members: { name: string | undefined; node: JsonNode }[] = []
    if (this.#closes()) return { kind, members }
    for (;;) {
      const name = kind === 'object' ? String(JSON.parse(this.#next())) : undefined
      if (kind === 'object') this.#next()
      members.push({ name, node: this.value(depth + 1) })
      if (this.#next() !== ',') return { kind, members }
    }
  }

  #closes(): boolean {
    const before = this.#at
    const text = this.#next()
    if (text === '}' || text === ']') return true
    this.#at = before
    return false
  }

  #next(): string {
    token.lastIndex = this.#at
    const found = token.exec(this.#text)?.[1]
    if (found === undefined) throw new SyntaxError('no JSON')
    this.#at = token.lastIndex
    return found
  }
}

/** The same document with a line to each member. */
export const prettyJson = (node: JsonNode, indent = ''): string => {
  if (node.kind === 'value') return node.text
  const [open, close] = node.kind === 'object' ? '{}' : '[]'
  if (node.members.length === 0) return `${open}${close}`
  const inner = `${indent}  `
  const lines = node.members.map(({ name, node: member }) => {
    const label = name === undefined ? '' : `${JSON.stringify(name)}: `
    return `${inner}${label}${prettyJson(member, inner)}`
  })
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}
