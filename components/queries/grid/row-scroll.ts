/** Browsers lay out elements up to some 17 million pixels; rows beyond are reached by a scale. */
export const highest_px = 15_000_000

/** All rows, what of it is on screen, and what the browser scrolls through. */
export interface ScrollSpace {
  total: number
  viewport: number
}

/** Where one is among all rows, and by how much that differs from where the browser has scrolled to. */
export interface ScrollPlace {
  top: number
  shift: number
}

export const nativeHeight = ({ total }: ScrollSpace): number => Math.min(total, highest_px)

/** The place for a position among all rows. */
export const placeAt = (wanted: number, space: ScrollSpace): ScrollPlace => {
  const { whole, native } = ways(space)
  const top = clamp(wanted, whole)
  return { top, shift: whole === 0 ? 0 : top - (top / whole) * native }
}

/** The place after the browser has scrolled: small moves as far as they are, large ones in proportion. */
export const placeAfter = (before: ScrollPlace, scrolledTo: number, space: ScrollSpace): ScrollPlace => {
  const { whole, native } = ways(space)
  const to = clamp(scrolledTo, native)
  if (whole === native) return { top: to, shift: 0 }
  const from = before.top - before.shift
  const moved = to - from
  const isJump = Math.abs(moved) > 2 * space.viewport
  const top = isJump ? (to / native) * whole : clamp(before.top + moved * speed(before, from, moved, space), whole)
  return { top, shift: top - to }
}

/** Near an end a pixel counts for more, so that both ends are reached at the same time. */
const speed = (before: ScrollPlace, from: number, moved: number, space: ScrollSpace): number => {
  const { whole, native } = ways(space)
  const left = moved < 0 ? from : native - from
  if (left > 50 * space.viewport || left <= 0) return 1
  return (moved < 0 ? before.top : whole - before.top) / left
}

const ways = (space: ScrollSpace) => ({
  whole: Math.max(0, space.total - space.viewport),
  native: Math.max(0, nativeHeight(space) - space.viewport),
})

const clamp = (value: number, max: number): number => Math.max(0, Math.min(max, value))
