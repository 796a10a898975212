import type { ParsedUrl } from '#lib/connectors/contract'

/** A pasted connection string on its way from the catalog to the form. It holds a secret, so it lives in memory only. */
interface Pasted {
  type: string
  parsed: ParsedUrl
}

const kept_ms = 60_000
let pasted: Pasted | undefined
let timer: ReturnType<typeof setTimeout> | undefined

/** Keeps it for the form that opens next, and forgets it after a minute whatever happens. */
export const keepPasted = (value: Pasted): void => {
  dropPasted()
  pasted = value
  timer = setTimeout(dropPasted, kept_ms)
}

/** What was pasted for this connector. Reading does not drop it: React may render twice before it shows anything. */
export const readPasted = (type: string): ParsedUrl | undefined => (pasted?.type === type ? pasted.parsed : undefined)

export const dropPasted = (): void => {
  clearTimeout(timer)
  pasted = undefined
}
