'use client'
import { type MouseEvent, useId } from 'react'
import type { DiscoveredRelation } from '#lib/connectors/contract'
import { plural } from '#lib/format/number'
import { nameWithin } from './relation-facts.ts'
import { boxWidth, headHeight, layoutRelations, type PictureBox } from './relations-layout.ts'
import classes from './relations-picture.module.css'

interface RelationsPictureProps {
  relation: DiscoveredRelation
  onSelect: (key: string) => void
}

/** The table and its neighbours, drawn; the lists below say the same in words. */
export const RelationsPicture = ({ relation, onSelect }: RelationsPictureProps) => {
  const id = useId()
  const { width, height, middle, left, right, lines, more, own } = layoutRelations(relation)
  return (
    <figure className={classes.figure}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a wide picture has to be scrolled with keys as well */}
      <section className={classes.scroll} tabIndex={0} aria-label={`Relations of ${relation.name}`}>
        <svg style={{ maxWidth: width, minWidth: 0.75 * width }} viewBox={`0 0 ${width} ${height}`}>
          <title>Tables and their keys</title>
          <defs>
            <marker id={id} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0.5 0.5L7.5 4L0.5 7.5Z" className={classes.tip} />
            </marker>
          </defs>
          {lines.map(({ key, path, words }) => (
            <path key={key} d={path} className={classes.line} markerEnd={`url(#${id})`}>
              <title>{words}</title>
            </path>
          ))}
          {left.map((box) => (
            <LinkedBox
              key={box.key}
              box={box}
              home={middle.schema}
              words={`${box.name}, refers to ${relation.name}`}
              onSelect={onSelect}
            />
          ))}
          <Box box={middle} home={middle.schema} isMiddle />
          {right.map((box) => (
            <LinkedBox
              key={box.key}
              box={box}
              home={middle.schema}
              words={`${box.name}, ${relation.name} refers to it`}
              onSelect={onSelect}
            />
          ))}
        </svg>
      </section>
      <Notes left={more.left} right={more.right} own={own} />
    </figure>
  )
}

const Notes = ({ left, right, own }: { left: number; right: number; own: string[] }) => {
  const notes = [
    left > 0 && `and ${plural(left, 'more table')} that refer${left === 1 ? 's' : ''} to it`,
    right > 0 && `and ${plural(right, 'more table')} it refers to`,
    own.length > 0 && `refers to itself: ${own.join('; ')}`,
  ].filter(Boolean)
  return notes.length > 0 && <figcaption className={classes.notes}>{notes.join(' · ')}</figcaption>
}

interface LinkedBoxProps {
  box: PictureBox
  /** The schema that needs no naming. */
  home: string
  words: string
  onSelect: (key: string) => void
}

const LinkedBox = ({ box, home, words, onSelect }: LinkedBoxProps) => {
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    onSelect(box.key)
  }
  return (
    <a href={`?table=${encodeURIComponent(box.key)}&tab=keys`} className={classes.link} onClick={follow}>
      <title>{words}</title>
      <Box box={box} home={home} />
    </a>
  )
}

const Box = ({ box, home, isMiddle }: { box: PictureBox; home: string; isMiddle?: boolean }) => (
  <g className={classes.box} data-middle={isMiddle || undefined}>
    <rect x={box.x} y={box.y} width={boxWidth} height={box.height} rx={7} className={classes.frame} />
    <path d={`M${box.x} ${box.y + headHeight}h${boxWidth}`} className={classes.rule} />
    <text x={box.x + 12} y={box.y + 20} className={classes.name}>
      {cut(nameWithin(home, box), 23)}
    </text>
    {box.rows.map(({ text, y }) => (
      <text key={text} x={box.x + 12} y={y + 4} className={classes.columns}>
        {cut(text, 30)}
      </text>
    ))}
  </g>
)

// SVG does not shorten a text that is too long for its box.
const cut = (text: string, length: number): string => {
  const letters = [...text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '␣')]
  return letters.length > length ? `${letters.slice(0, length - 1).join('')}…` : letters.join('')
}
