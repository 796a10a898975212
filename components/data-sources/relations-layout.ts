import type { DiscoveredRelation } from '#lib/connectors/contract'
import { relationKey } from './tree-model.ts'

interface PictureRow {
  /** Exact columns of one key. */
  text: string
  y: number
}
export interface PictureBox {
  key: string
  schema: string
  name: string
  x: number
  y: number
  height: number
  rows: PictureRow[]
}
interface PictureLine {
  key: string
  path: string
  /** In words, for those who hear it. */
  words: string
}
interface Picture {
  width: number
  height: number
  middle: PictureBox
  /** Tables at the left refer to the one in the middle, which refers to those at the right. */
  left: PictureBox[]
  right: PictureBox[]
  lines: PictureLine[]
  more: { left: number; right: number }
  /** Keys from the table to itself. */
  own: string[]
}

export const boxWidth = 216
export const headHeight = 32
const rowHeight = 20
const padding = 8
const between = 14
const gap = 96
const most = 6

interface Link {
  schema: string
  name: string
  /** Columns there, and columns of the table in the middle. */
  there: string
  here: string
  words: string
}

/** The table in the middle, who refers to it at the left, whom it refers to at the right; one box for each table. */
export const layoutRelations = (relation: DiscoveredRelation): Picture => {
  const self = relationKey(relation)
  const isOther = ({ schema, name }: Link) => relationKey({ schema, name }) !== self
  const { outgoing, incoming } = linksOf(relation)
  const right = grouped(outgoing.filter(isOther))
  const left = grouped(incoming.filter(isOther))
  const [shownLeft, shownRight] = [left.slice(0, most), right.slice(0, most)]
  const used = [...shownLeft, ...shownRight].flatMap((links) => links.map(({ here }) => here))
  const primary = columnsText((relation.constraints ?? []).find(({ kind }) => kind === 'primary_key')?.columns ?? [])
  const texts = [...new Set([primary, ...used])].filter(Boolean)
  const heights = [shownLeft, shownRight].map((side) =>
    stackHeight(side.map((links) => heightOf(rowsOf(links).length))),
  )
  const height = Math.max(heightOf(texts.length), ...heights) + 2 * padding
  const columnX = (index: number) => padding + index * (boxWidth + gap)
  const hasLeft = shownLeft.length > 0
  const middle = boxAt(relation, texts, columnX(hasLeft ? 1 : 0), (height - heightOf(texts.length)) / 2)
  const leftBoxes = stack(shownLeft, padding, height)
  const rightBoxes = stack(shownRight, columnX(hasLeft ? 2 : 1), height)
  return {
    width: columnX((hasLeft ? 1 : 0) + (shownRight.length > 0 ? 2 : 1)) - gap + padding,
    height,
    middle,
    left: leftBoxes,
    right: rightBoxes,
    lines: [
      ...linesOf(shownLeft, leftBoxes, (box, link) =>
        curve(edge(box, link.there, 'right'), edge(middle, link.here, 'left')),
      ),
      ...linesOf(shownRight, rightBoxes, (box, link) =>
        curve(edge(middle, link.here, 'right'), edge(box, link.there, 'left')),
      ),
    ],
    more: {
      left: left.length - shownLeft.length + (relation.referenced_by_more ?? 0),
      right: right.length - shownRight.length,
    },
    own: outgoing.filter((link) => !isOther(link)).map(({ here, there }) => `${here} → ${there}`),
  }
}

const columnsText = (columns: readonly string[]): string => columns.join(', ')

const linksOf = ({ name, foreign_keys = [], referenced_by = [] }: DiscoveredRelation) => ({
  outgoing: foreign_keys.map(({ columns, references }): Link => {
    const [here, there] = [columnsText(columns), columnsText(references.columns)]
    const words = `${name} (${here}) refers to ${references.name} (${there})`
    return { schema: references.schema, name: references.name, there, here, words }
  }),
  incoming: referenced_by.map(({ columns, from }): Link => {
    const [here, there] = [columnsText(columns), columnsText(from.columns)]
    return {
      schema: from.schema,
      name: from.name,
      there,
      here,
      words: `${from.name} (${there}) refers to ${name} (${here})`,
    }
  }),
})

const grouped = (links: readonly Link[]): Link[][] => [...Map.groupBy(links, relationKey).values()]

const rowsOf = (links: readonly Link[]): string[] => [...new Set(links.map(({ there }) => there))]

const heightOf = (rows: number): number => headHeight + rows * rowHeight + padding

const stackHeight = (heights: readonly number[]): number =>
  heights.reduce((sum, one) => sum + one + between, heights.length > 0 ? -between : 0)

const boxAt = (
  { schema, name }: { schema: string; name: string },
  texts: readonly string[],
  x: number,
  y: number,
): PictureBox => ({
  key: relationKey({ schema, name }),
  schema,
  name,
  x,
  y,
  height: heightOf(texts.length),
  rows: texts.map((text, index) => ({ text, y: y + headHeight + index * rowHeight + rowHeight / 2 + 2 })),
})

const stack = (groups: readonly Link[][], x: number, height: number): PictureBox[] => {
  let y = (height - stackHeight(groups.map((links) => heightOf(rowsOf(links).length)))) / 2
  return groups.flatMap((links) => {
    const [first] = links
    if (!first) return []
    const box = boxAt(first, rowsOf(links), x, y)
    y += box.height + between
    return [box]
  })
}

const edge = (box: PictureBox, text: string, side: 'left' | 'right') => ({
  x: side === 'left' ? box.x : box.x + boxWidth,
  y: box.rows.find((row) => row.text === text)?.y ?? box.y + headHeight / 2,
})

type Point = ReturnType<typeof edge>

const curve = (from: Point, to: Point): string => {
  const half = (to.x - from.x) / 2
  return `M${from.x} ${from.y}C${from.x + half} ${from.y} ${to.x - half} ${to.y} ${to.x} ${to.y}`
}

const linesOf = (
  groups: readonly Link[][],
  boxes: readonly PictureBox[],
  path: (box: PictureBox, link: Link) => string,
): PictureLine[] =>
  groups.flatMap((links, index) => {
    const box = boxes[index]
    return box ? links.map((link, at) => ({ key: `${box.key}:${at}`, path: path(box, link), words: link.words })) : []
  })
