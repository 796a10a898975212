const rowLinks = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-row-link]')]

/** The row that has the focus, by the id on its link. */
export const focusedRow = (): string | undefined =>
  document.activeElement?.closest('tr')?.querySelector<HTMLElement>('[data-row-link]')?.dataset.rowLink

/** Moves the focus to the link of the next row, or the one before. */
export const moveToRow = (step: 1 | -1): void => {
  const links = rowLinks()
  const id = focusedRow()
  const at = links.findIndex(({ dataset }) => dataset.rowLink === id)
  const next = links[id === undefined ? 0 : Math.min(links.length - 1, Math.max(0, at + step))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** A letter typed here means itself: in a field, in an open menu or dialog, or with a key of the browser's. */
export const isMeantElsewhere = ({ target, metaKey, ctrlKey, altKey }: KeyboardEvent): boolean =>
  metaKey ||
  ctrlKey ||
  altKey ||
  (target instanceof Element &&
    target.closest('input:not([type=checkbox]), textarea, select, [contenteditable], [role=menu], [role=dialog]') !==
      null)
