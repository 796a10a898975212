/** What a key does in the list. */
export type ListAction =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'open'
  | 'test'
  | 'edit'
  | 'select'
  | 'range'
  | 'search'
  | 'clear'

const letters: Readonly<Record<string, ListAction>> = {
  j: 'next',
  k: 'previous',
  t: 'test',
  e: 'edit',
  x: 'select',
  X: 'range',
  '/': 'search',
  Escape: 'clear',
}

/** These belong to whatever control has the focus, unless that is a row. */
const movements: Readonly<Record<string, ListAction>> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
}

/** Where the focus is: on a row, on nothing, or on another control. */
export type FocusPlace = 'row' | 'page' | 'control'

/** The action of a key; Enter on a row is its link's own. */
export const actionOf = (key: string, place: FocusPlace, hasActive: boolean): ListAction | undefined => {
  const letter = Object.hasOwn(letters, key) ? letters[key] : undefined
  if (letter) return letter
  if (place === 'control' || !(place === 'row' || hasActive)) return undefined
  if (key === 'Enter') return place === 'page' ? 'open' : undefined
  return Object.hasOwn(movements, key) ? movements[key] : undefined
}

/** The row that a movement leads to, of so many. */
export const destination = (action: ListAction, at: number, count: number): number | undefined => {
  if (count === 0) return undefined
  const last = count - 1
  if (action === 'first') return 0
  if (action === 'last') return last
  if (action !== 'next' && action !== 'previous') return undefined
  return Math.max(0, Math.min(last, action === 'next' ? at + 1 : at - 1))
}
