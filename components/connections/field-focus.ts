/** The id of the control that stands for a path of the form. */
export const inputId = (path: string): string => `field-${path.replaceAll('.', '-')}`

/** Brings a field into view and puts the cursor in it. */
export const focusField = (path: string): void => {
  const element = document.getElementById(inputId(path))
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}

/** Of several fields, focuses the one that stands first on the page. */
export const focusFirst = (paths: readonly string[]): void => {
  const ids = new Set(paths.map(inputId))
  const first = [...document.querySelectorAll<HTMLElement>('[id^="field-"]')].find(({ id }) => ids.has(id))
  const path = paths.find((known) => inputId(known) === first?.id)
  if (path !== undefined) focusField(path)
}

/** A ref for what must be seen when it appears, wherever the person has scrolled to. */
export const bringIntoView = (element: HTMLElement | null): void => element?.scrollIntoView({ block: 'center' })
