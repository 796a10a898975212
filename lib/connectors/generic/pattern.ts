/**
 * Regular expressions that cannot explode: every byte of the text is looked at once, whatever the pattern, because all
 * ways through it are followed at the same time. Hence no references back and no looking around.
 */
export interface Pattern {
  /** Whether it is found anywhere; text and pattern stand for bytes, one character each. */
  isIn(text: string): boolean
}

/** Why a pattern is not accepted, as a sentence. */
export class PatternError extends Error {
  override readonly name = 'PatternError'
}

const patternCharsMax = 200
const stepsMax = 2_000
const depthMax = 40

type Step =
  | { kind: 'byte'; set: Set<number> }
  | { kind: 'fork'; to: [number, number] }
  | { kind: 'start' }
  | { kind: 'end' }
  | { kind: 'found' }

type Part = (steps: Step[]) => void

/** Reads `( ) | . [ ] \d \w \s \xHH ^ $ * + ? {m,n}`, and `(?i)` in front for any case. */
export const compilePattern = (text: string): Pattern => {
  if (text.length > patternCharsMax) throw new PatternError(`A pattern has at most ${patternCharsMax} characters.`)
  const anyCase = text.startsWith('(?i)')
  const reader = new Reader(bytesOf(anyCase ? text.slice(4) : text), anyCase)
  const steps: Step[] = []
  reader.whole()(steps)
  steps.push({ kind: 'found' })
  return { isIn: (found) => search(steps, found) }
}

/** A byte of UTF-8 as one character, so that both sides are compared as bytes. */
const bytesOf = (text: string): string => String.fromCharCode(...new TextEncoder().encode(text))

const search = (steps: readonly Step[], text: string): boolean => {
  let now: number[] = []
  for (let at = 0; at <= text.length; at++) {
    const seen = new Set<number>()
    const reached: number[] = []
    for (const step of [...now, 0]) follow(steps, step, { at, length: text.length, seen, reached })
    if (reached.some((step) => steps[step]?.kind === 'found')) return true
    const byte = text.charCodeAt(at)
    now = reached.filter((step) => hasByte(steps[step], byte)).map((step) => step + 1)
  }
  return false
}

const hasByte = (step: Step | undefined, byte: number): boolean => step?.kind === 'byte' && step.set.has(byte)

interface Place {
  at: number
  length: number
  seen: Set<number>
  reached: number[]
}

/** Everything that can be reached without reading a byte. */
const follow = (steps: readonly Step[], from: number, { at, length, seen, reached }: Place): void => {
  const waiting = [from]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const step = steps[next]
    if (step?.kind === 'fork') waiting.push(...step.to)
    else if (step?.kind === 'start') at === 0 && waiting.push(next + 1)
    else if (step?.kind === 'end') at === length && waiting.push(next + 1)
    else reached.push(next)
  }
}

class Reader {
  readonly #text: string
  readonly #anyCase: boolean
  #at = 0
  #depth = 0

  constructor(text: string, anyCase: boolean) {
    this.#text = text
    this.#anyCase = anyCase
  }

  whole(): Part {
    const part = this.#choice()
    if (this.#at < this.#text.length) throw new PatternError('There is a “)” too many.')
    return part
  }

  #choice(): Part {
    const first = this.#sequence()
    if (!this.#take('|')) return first
    const rest = this.#choice()
    return (steps) => {
      const fork = open(steps)
      first(steps)
      const skip = open(steps)
      fork.to = [fork.at + 1, steps.length]
      rest(steps)
      skip.to = [steps.length, steps.length]
    }
  }

  #sequence(): Part {
    const parts: Part[] = []
    while (this.#at < this.#text.length && !'|)'.includes(this.#peek())) parts.push(this.#repeated())
    return (steps) => {
      for (const part of parts) part(steps)
    }
  }

  #repeated(): Part {
    const part = this.#one()
    const [least, most] = this.#times()
    if (least === 1 && most === 1) return part
    return (steps) => {
      for (let count = 0; count < least; count++) part(steps)
      if (most === Infinity) loop(steps, part)
      else for (let count = least; count < most; count++) perhaps(steps, part)
    }
  }

  #times(): [number, number] {
    if (this.#take('*')) return [0, Infinity]
    if (this.#take('+')) return [1, Infinity]
    if (this.#take('?')) return [0, 1]
    const counts = /^\{(\d{1,3})(,(\d{1,3})?)?\}/.exec(this.#text.slice(this.#at))
    if (!counts) return [1, 1]
    this.#at += counts[0].length
    const least = Number(counts[1])
    const most = counts[2] === undefined ? least : counts[3] === undefined ? Infinity : Number(counts[3])
    if (most < least) throw new PatternError('In {least,most} the second number is the larger one.')
    return [least, most]
  }

  #one(): Part {
    const char = this.#next()
    if (char === '(') return this.#group()
    if (char === '^') return (steps) => add(steps, { kind: 'start' })
    if (char === '$') return (steps) => add(steps, { kind: 'end' })
    if ('*+?'.includes(char)) throw new PatternError(`There is nothing before “${char}” that could be repeated.`)
    const set = char === '.' ? notLineEnd : char === '[' ? this.#class() : char === '\\' ? this.#escaped() : only(char)
    const both = this.#anyCase ? withBothCases(set) : set
    return (steps) => add(steps, { kind: 'byte', set: both })
  }

  #group(): Part {
    if (this.#take('?') && !this.#take(':'))
      throw new PatternError('Looking around and names of groups are not supported.')
    if (++this.#depth > depthMax) throw new PatternError('Too many brackets stand inside each other.')
    const part = this.#choice()
    if (!this.#take(')')) throw new PatternError('A “)” is missing.')
    this.#depth--
    return part
  }

  #class(): Set<number> {
    const isNot = this.#take('^')
    const set = new Set<number>()
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      if (this.#peek() === '') throw new PatternError('A “]” is missing.')
      const from = this.#member()
      const isRange = this.#peek() === '-' && this.#text[this.#at + 1] !== ']'
      for (const byte of isRange ? this.#range(from) : from) set.add(byte)
    }
    this.#at++
    return isNot ? without(set) : set
  }

  #range(from: Set<number>): Set<number> {
    this.#at++
    const to = this.#member()
    const [low, high] = [Math.max(...from), Math.max(...to)]
    if (from.size !== 1 || to.size !== 1 || high < low) throw new PatternError('A range is written like a-z.')
    return between(low, high)
  }

  #member(): Set<number> {
    const char = this.#next()
    return char === '\\' ? this.#escaped() : only(char)
  }

  #escaped(): Set<number> {
    const char = this.#next()
    const kind = escapes[char]
    if (kind) return kind
    if (char === 'x') {
      const hex = /^[0-9a-f]{2}/i.exec(this.#text.slice(this.#at))?.[0]
      if (!hex) throw new PatternError('A byte is written \\x and two hexadecimal digits.')
      this.#at += 2
      return new Set([Number.parseInt(hex, 16)])
    }
    if (/[a-z0-9]/i.test(char)) throw new PatternError(`“\\${char}” is not supported.`)
    return only(char)
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }

  #next(): string {
    const char = this.#peek()
    if (char === '') throw new PatternError('The pattern ends too early.')
    this.#at++
    return char
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false
    this.#at++
    return true
  }
}

const add = (steps: Step[], step: Step): void => {
  if (steps.length >= stepsMax) throw new PatternError('The pattern is too large; use smaller repeat counts.')
  steps.push(step)
}

/** A fork whose ways are known only when what follows has been written. */
const open = (steps: Step[]): { at: number; to: [number, number] } => {
  const fork = { kind: 'fork' as const, at: steps.length, to: [0, 0] as [number, number] }
  add(steps, fork)
  return fork
}

const perhaps = (steps: Step[], part: Part): void => {
  const fork = open(steps)
  part(steps)
  fork.to = [fork.at + 1, steps.length]
}

const loop = (steps: Step[], part: Part): void => {
  const fork = open(steps)
  part(steps)
  add(steps, { kind: 'fork', to: [fork.at, fork.at] })
  fork.to = [fork.at + 1, steps.length]
}

const between = (low: number, high: number): Set<number> =>
  new Set(Array.from({ length: high - low + 1 }, (_, index) => low + index))
const only = (char: string): Set<number> => new Set([char.charCodeAt(0)])
const without = (set: Set<number>): Set<number> => new Set([...between(0, 255)].filter((byte) => !set.has(byte)))
const withBothCases = (set: Set<number>): Set<number> =>
  new Set(
    [...set].flatMap((byte) => {
      const char = String.fromCharCode(byte)
      return /[a-z]/i.test(char) ? [char.toLowerCase(), char.toUpperCase()].map((one) => one.charCodeAt(0)) : [byte]
    }),
  )

const notLineEnd = without(new Set([10, 13]))
const digits = between(48, 57)
const word = new Set([...digits, ...between(65, 90), ...between(97, 122), 95])
const space = new Set([9, 10, 11, 12, 13, 32])
const escapes: Record<string, Set<number> | undefined> = {
  d: digits,
  D: without(digits),
  w: word,
  W: without(word),
  s: space,
  S: without(space),
  r: new Set([13]),
  n: new Set([10]),
  t: new Set([9]),
  0: new Set([0]),
}
