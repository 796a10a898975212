/** Does what leaves the page, now or after a question. */
export type Leaving = (go: () => void) => void

const atOnce: Leaving = (go) => go()
let ask = atOnce

/** Whatever navigates without a link (the palette, a shortcut) goes through here, so that unsaved edits are asked for. */
export const leave: Leaving = (go) => ask(go)

/** Asks before the page is left, until the returned function is called. */
export const askBeforeLeaving = (question: Leaving): (() => void) => {
  ask = question
  return () => {
    if (ask === question) ask = atOnce
  }
}
