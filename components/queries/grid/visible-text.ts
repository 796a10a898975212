export interface TextPart {
  text: string
  /** It stands for something that could not be seen, or would turn the line around. */
  isMark: boolean
}

/** As much of a value as a cell can show. */
export const shownCharacters = 300

const spaceAtEdges = /^ +| +$/
// Controls, what directs the writing, spaces of other widths, line separators, halves of characters.
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u
const pieces = new RegExp(
  `${spaceAtEdges.source}|[\\p{Extended_Pictographic}\\ufe0f]\\u200d(?=\\p{Extended_Pictographic})|${unseen.source}`,
  'gu',
)

/** The beginning of a text, on one line unless said otherwise, with everything that has no shape of its own shown as a mark. */
export const visibleParts = (whole: string, length = shownCharacters, isMultiline = false): TextPart[] => {
  const text = cutAt(whole, length)
  if (!unseen.test(text) && !spaceAtEdges.test(text)) return text === '' ? [] : [{ text, isMark: false }]
  const parts: TextPart[] = []
  let plain = 0
  for (const { 0: found, index } of text.matchAll(pieces)) {
    // Joined pictures, such as families, are one picture.
    if (found.length > 1 && found.endsWith('\u200d')) continue
    if (isMultiline && (found === '\n' || found === '\t')) continue
    if (index > plain) parts.push({ text: text.slice(plain, index), isMark: false })
    parts.push({ text: [...found].map(markOf).join(''), isMark: true })
    plain = index + found.length
  }
  if (plain < text.length) parts.push({ text: text.slice(plain), isMark: false })
  return parts
}

/** The same for attributes, which know no parts. */
export const visibleLine = (text: string, length?: number): string =>
  visibleParts(text, length)
    .map((part) => part.text)
    .join('')

/** Never in the middle of a character. */
const cutAt = (text: string, length: number): string => {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

const known = new Map([
  [' ', '·'],
  ['\n', '↵'],
  ['\t', '⇥'],
  ['\u00a0', '⍽'],
])

const markOf = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  return known.get(character) ?? `⟨${code.toString(16).toUpperCase().padStart(2, '0')}⟩`
}
