/**
 * The part of RFC 9535 that says where something is in an answer: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `.*` and
 * `[*]`. Filters, slices and `..` are left out: an address needs none of them, and without them a path is read in as
 * many steps as it has. `$.` at the start may be left out.
 */
export type JsonPath = readonly Step[]
type Step = string | number | typeof everything

const everything = Symbol('*')
/** A text longer than this is no path. */
export const longest = 512
const stepsMax = 32
/** More than any page holds; a path with several `*` multiplies. */
const foundMax = 100_000

const step =
  /\.([\p{L}_][\p{L}\p{N}_-]*)|\[(-?(?:0|[1-9]\d{0,8}))\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|(\.\*|\[\*\])/uy

/** The path, or undefined if the text is none. */
export const readPath = (text: string): JsonPath | undefined => {
  if (text.length > longest) return undefined
  const rest = text.startsWith('$') ? text.slice(1) : text.startsWith('[') ? text : `.${text}`
  const steps: Step[] = []
  step.lastIndex = 0
  for (let at = 0; at < rest.length; at = step.lastIndex) {
    const match = step.exec(rest)
    if (!match || steps.length === stepsMax) return undefined
    const [, name, index, single, double] = match
    if (index !== undefined) steps.push(Number(index))
    else steps.push(name ?? plainOf(single) ?? plainOf(double) ?? everything)
  }
  return steps
}

const plainOf = (text: string | undefined): string | undefined => text?.replace(/\\(.)/g, '$1')

/** Everything that stands there, in order; nothing where the way ends before. */
export const findAt = (value: unknown, path: JsonPath): unknown[] => {
  let found = [value]
  for (const one of path) {
    const next: unknown[] = []
    for (const node of found) {
      for (const child of childrenOf(node, one)) {
        if (next.length === foundMax) return next
        next.push(child)
      }
    }
    found = next
  }
  return found
}

const childrenOf = (node: unknown, one: Step): unknown[] => {
  if (typeof node !== 'object' || node === null) return []
  if (one === everything) return Object.values(node)
  if (typeof one === 'number') return Array.isArray(node) && node.at(one) !== undefined ? [node.at(one)] : []
  // Own members alone: `constructor` is no name in an answer.
  return !Array.isArray(node) && Object.hasOwn(node, one) ? [Reflect.get(node, one)] : []
}
