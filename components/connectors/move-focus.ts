import type { KeyboardEvent } from 'react'

/** Arrow keys move between the links of a grid by where they stand; above the first row is `before`. */
export const moveFocus = (event: KeyboardEvent<HTMLElement>, before: HTMLElement | null): void => {
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('a')]
  const at = links.findIndex((link) => link.matches(':focus'))
  const current = links[at]
  if (!current || !event.key.startsWith('Arrow')) return
  event.preventDefault()
  const steps: Record<string, HTMLElement | null | undefined> = {
    ArrowRight: links[at + 1],
    ArrowLeft: links[at - 1] ?? before,
    ArrowDown: nearest(links, current, 1),
    ArrowUp: nearest(links, current, -1) ?? before,
  }
  steps[event.key]?.focus()
}

// The closest link of the next row in that direction.
const nearest = (links: readonly HTMLElement[], from: HTMLElement, direction: 1 | -1): HTMLElement | undefined => {
  const { left, top } = from.getBoundingClientRect()
  const ahead = links
    .map((link) => ({ link, box: link.getBoundingClientRect() }))
    .filter(({ box }) => (box.top - top) * direction > 4)
    .map(({ link, box }) => ({ link, rows: Math.abs(box.top - top), shift: Math.abs(box.left - left) }))
    .sort((a, b) => a.rows - b.rows || a.shift - b.shift)
  return ahead[0]?.link
}
