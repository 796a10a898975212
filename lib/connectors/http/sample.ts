import type * as z from 'zod'
import type { Mask } from '../_http/mask.ts'

type Json = z.core.util.JSONType

const depthMax = 6
const membersMax = 40
const charsMax = 400
/** Members of all levels of one item; beyond them it is only said that there is more. */
const nodesMax = 300

/** The beginning of an item as it may be shown: small, and with nothing in it that the login sent. */
export const sampleOf = (item: unknown, mask: Mask): Json => {
  let left = nodesMax
  const cut = (value: unknown, depth: number): Json => {
    left--
    if (typeof value === 'string') return shorten(mask.text(value.slice(0, charsMax * 4)))
    if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
    if (typeof value !== 'object') return null
    if (depth === depthMax || left <= 0) return Array.isArray(value) ? '[…]' : '{…}'
    if (Array.isArray(value)) {
      const shown = value.slice(0, membersMax).map((member) => cut(member, depth + 1))
      return value.length > membersMax ? [...shown, `… ${value.length - membersMax} more`] : shown
    }
    const all = Object.entries(value)
    const shown = all
      .slice(0, membersMax)
      .map(([name, member]): [string, Json] => [shorten(mask.text(name)), cut(member, depth + 1)])
    if (all.length > membersMax) shown.push(['…', `${all.length - membersMax} more`])
    return Object.fromEntries(shown)
  }
  return cut(item, 0)
}

const shorten = (text: string): string => (text.length > charsMax ? `${text.slice(0, charsMax)}…` : text).toWellFormed()
