/** How much is sorted or merged before the page may do something else. */
const piece = 1_024

/** Sorts short runs at once and merges them pair by pair, pausing in between; equals stay in their order. */
export function* mergeSort(
  given: Uint32Array,
  compare: (a: number, b: number) => number,
): Generator<void, Uint32Array> {
  const items = given.slice()
  for (let start = 0; start < items.length; start += piece) {
    items.subarray(start, start + piece).sort(compare)
    if (items.length > piece) yield
  }
  if (items.length <= piece) return items
  let [from, to]: [Uint32Array, Uint32Array] = [items, new Uint32Array(items.length)]
  for (let width = piece; width < items.length; width *= 2) {
    for (let start = 0; start < items.length; start += 2 * width) yield* merge(from, to, start, width, compare)
    ;[from, to] = [to, from]
  }
  return from
}

function* merge(
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  width: number,
  compare: (a: number, b: number) => number,
): Generator<void> {
  const middle = Math.min(start + width, from.length)
  const end = Math.min(start + 2 * width, from.length)
  let [left, right] = [start, middle]
  for (let at = start; at < end; at += 1) {
    if (at % piece === 0) yield
    const [a, b] = [from[left] ?? 0, from[right] ?? 0]
    const isLeft = left < middle && (right >= end || compare(a, b) <= 0)
    to[at] = isLeft ? a : b
    if (isLeft) left += 1
    else right += 1
  }
}
