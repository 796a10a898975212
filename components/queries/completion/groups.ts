import { isSymbol, isWord, type Token } from '../sql/tokens.ts'

/** What stands between two brackets, or the whole statement. */
export interface Group {
  kind: 'group'
  from: number
  to: number
  items: Item[]
}
export type Item = Token | Group

/** Brackets within brackets; one that is never closed reaches to the end. */
export const groupsOf = (tokens: readonly Token[], length: number): Group => {
  const root: Group = { kind: 'group', from: -1, to: length + 1, items: [] }
  const stack = [root]
  for (const token of tokens) {
    if (token.kind === 'comment') continue
    const top = stack.at(-1) ?? root
    if (isSymbol(token, '(')) {
      const group: Group = { kind: 'group', from: token.from, to: length + 1, items: [] }
      top.items.push(group)
      stack.push(group)
    } else if (isSymbol(token, ')') && stack.length > 1) {
      top.to = token.to
      stack.pop()
    } else top.items.push(token)
  }
  return root
}

/** The groups around a place, the whole statement first. */
export const groupsAt = (group: Group, at: number): Group[] => {
  const inner = group.items.find((item): item is Group => isGroup(item) && item.from < at && at < item.to)
  return inner ? [group, ...groupsAt(inner, at)] : [group]
}

export const isGroup = (item: Item | undefined): item is Group => item?.kind === 'group'

/** Words are asked of tokens only. */
export const says = (item: Item | undefined, ...words: readonly string[]): boolean =>
  !isGroup(item) && isWord(item, ...words)

export const isMark = (item: Item | undefined, text: string): boolean => !isGroup(item) && isSymbol(item, text)

export const nameIn = (item: Item | undefined): string | undefined =>
  item && (item.kind === 'word' || item.kind === 'name') ? item.text : undefined

/** The queries that UNION and its kin put together. */
export const segmentsOf = (items: readonly Item[]): Item[][] => {
  const segments: Item[][] = [[]]
  for (const item of items) {
    if (says(item, 'union', 'intersect', 'except', 'minus')) segments.push([])
    else segments.at(-1)?.push(item)
  }
  return segments
}
