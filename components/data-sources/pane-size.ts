/** How much of the page a pane has, and the key under which this browser remembers it. */
export interface PaneSize {
  key: string
  default: number
  min: number
  max: number
}

/** What the splitter says, such as `312px` or `45`, as a number within the bounds. */
export const sizeWithin = (size: number | string | undefined, { min, max, default: usual }: PaneSize): number => {
  const given = Number.parseFloat(String(size))
  return Number.isFinite(given) ? Math.round(Math.min(max, Math.max(min, given))) : usual
}
