const digitBits = 16
const buckets = 1 << digitBits
const mask = buckets - 1
const sign = 0x8000_0000
/** How much is looked at before the page may do something else. */
const piece = 16_384

/**
 * The places of the numbers in ascending order, equals in the order they stand in: four passes over the bits, whatever the
 * numbers are. They are overwritten on the way; `isSame` still tells them apart.
 */
export function* radixSort(numbers: Float64Array): Generator<void, Uint32Array> {
  const words = sortable(numbers)
  let [from, to] = [Uint32Array.from(numbers.keys()), new Uint32Array(numbers.length)]
  for (const shift of [0, 16, 32, 48]) {
    yield
    if (yield* pass(words, { from, to, shift })) [from, to] = [to, from]
  }
  return from
}

/** Whether two places hold the same number, after they were sorted. */
export const isSame = (sorted: Float64Array, a: number, b: number): boolean => {
  const words = wordsOf(sorted)
  return words[2 * a] === words[2 * b] && words[2 * a + 1] === words[2 * b + 1]
}

const known = new WeakMap<Float64Array, Uint32Array>()
const wordsOf = (numbers: Float64Array): Uint32Array => {
  const words = known.get(numbers) ?? new Uint32Array(numbers.buffer)
  known.set(numbers, words)
  return words
}

/** Doubles as whole numbers of the same order: the sign turned, and all bits of what is below zero. */
const sortable = (numbers: Float64Array): Uint32Array => {
  const words = wordsOf(numbers)
  for (let at = 0; at < numbers.length; at += 1) {
    // Zero has two signs and one value.
    numbers[at] = (numbers[at] ?? 0) + 0
    const high = words[2 * at + 1] ?? 0
    if (high >= sign) {
      words[2 * at] = ~(words[2 * at] ?? 0)
      words[2 * at + 1] = ~high
    } else words[2 * at + 1] = high + sign
  }
  return words
}

interface Pass {
  from: Uint32Array
  to: Uint32Array
  shift: number
}

/** Sorts by one digit; false where that is the same for all. */
function* pass(words: Uint32Array, { from, to, shift }: Pass): Generator<void, boolean> {
  const [word, bits] = [shift >> 5, shift & 31]
  const ends = new Uint32Array(buckets + 1)
  for (let at = 0; at < from.length; at += 1) {
    if (at % piece === piece - 1) yield
    const next = (((words[2 * at + word] ?? 0) >>> bits) & mask) + 1
    ends[next] = (ends[next] ?? 0) + 1
  }
  if (ends.includes(from.length)) return false
  for (let at = 1; at <= buckets; at += 1) ends[at] = (ends[at] ?? 0) + (ends[at - 1] ?? 0)
  for (let at = 0; at < from.length; at += 1) {
    if (at % piece === piece - 1) yield
    const place = from[at] ?? 0
    const digit = ((words[2 * place + word] ?? 0) >>> bits) & mask
    const end = ends[digit] ?? 0
    to[end] = place
    ends[digit] = end + 1
  }
  return true
}
