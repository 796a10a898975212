'use client'
import { type ReactNode, useMemo, useState } from 'react'
import { Segments } from '#components/layout/segments'
import { formatNumber, plural } from '#lib/format/number'
import { VisibleText } from './grid/cell-view.tsx'
import { type JsonNode, prettyJson, readJson } from './json-tree.ts'
import classes from './viewer.module.css'

type Way = 'tree' | 'text'
const ways = [
  { value: 'tree', label: 'Tree' },
  { value: 'text', label: 'Text' },
] as const
const most = 500
const longest = 200_000

/** A document as a tree to open, or laid out as text; what is no JSON as it is. */
export const JsonView = ({ text, fallback }: { text: string; fallback: ReactNode }) => {
  const [way, setWay] = useState<Way>('tree')
  const node = useMemo(() => readJson(text), [text])
  if (!node) return fallback
  return (
    <>
      <Segments name="json-way" label="Show as" options={ways} value={way} onChange={setWay} />
      {way === 'tree' ? (
        <div className={classes.tree}>
          <Member name={undefined} node={node} isOpen />
        </div>
      ) : (
        <pre className={classes.text}>
          <VisibleText text={prettyJson(node)} length={longest} isMultiline />
        </pre>
      )}
    </>
  )
}

interface MemberProps {
  name: string | undefined
  node: JsonNode
  isOpen?: boolean
}

const Member = ({ name, node, isOpen: isOpenFirst = false }: MemberProps) => {
  const [isOpen, setOpen] = useState(isOpenFirst)
  const label = name !== undefined && (
    <span className={classes.member}>
      <VisibleText text={name} />:{' '}
    </span>
  )
  if (node.kind === 'value')
    return (
      <div className={classes.leaf}>
        {label}
        <VisibleText text={node.text} length={2_000} />
      </div>
    )
  const words = node.kind === 'object' ? plural(node.members.length, 'member') : plural(node.members.length, 'item')
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        <span className={classes.count}>{words}</span>
      </summary>
      {isOpen && <Members node={node} />}
    </details>
  )
}

const Members = ({ node }: { node: Exclude<JsonNode, { kind: 'value' }> }) => (
  <div className={classes.members}>
    {node.members.slice(0, most).map(({ name, node: member }, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: members may repeat
      <Member key={at} name={name ?? String(at)} node={member} />
    ))}
    {node.members.length > most && <p className={classes.note}>… {formatNumber(node.members.length - most)} more</p>}
  </div>
)
