'use client'
import { Loader, Popover } from '@mantine/core'
import Link from 'next/link'
import { useRef, useState } from 'react'
import { Badge } from '#components/layout/badge'
import { RelativeTime } from '#components/layout/relative-time'
import { callApi } from '#lib/client/api'
import { sentenceOf } from '#lib/client/problem'
import type { Usage, UsedByList } from '#lib/connections/schema'
import { plural } from '#lib/format/number'
import { pipelineHref } from './list-query.ts'
import classes from './pipelines.module.css'

type Found = { items: Usage[]; meta: Omit<UsedByList, 'items'> } | { problem: string }

const openAfter_ms = 220
const shownMost = 20

/** “3 pipelines”; which ones, where, and whether they really do, once somebody looks. */
export const UsedIn = ({ connection: { id, name, used_by_count } }: { connection: UsedConnection }) => {
  const [isOpen, setOpen] = useState(false)
  const [found, setFound] = useState<Found>()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const load = async () => setFound(await readUsage(id))
  const open = () => {
    clearTimeout(timer.current)
    setOpen(true)
    if (!found) void load()
  }
  const soon = (next: () => void) => () => {
    clearTimeout(timer.current)
    timer.current = setTimeout(next, openAfter_ms)
  }
  const hover = { onMouseEnter: soon(open), onMouseLeave: soon(() => setOpen(false)) }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" width={330} shadow="md" withinPortal>
      <Popover.Target>
        <button
          type="button"
          className={classes.used}
          aria-label={`Used in ${plural(used_by_count, 'pipeline')}: ${name}`}
          {...hover}
          onFocus={soon(open)}
          onBlur={soon(() => setOpen(false))}
          onClick={open}
        >
          {used_by_count === 0 ? '—' : plural(used_by_count, 'pipeline')}
        </button>
      </Popover.Target>
      <Popover.Dropdown {...hover} onFocus={open} aria-label={`What uses ${name}`}>
        <div className={classes.popover}>{found ? <Usages found={found} /> : <Loader size="sm" />}</div>
      </Popover.Dropdown>
    </Popover>
  )
}

interface UsedConnection {
  id: string
  name: string
  used_by_count: number
}

const readUsage = async (id: string): Promise<Found> => {
  try {
    const { data, meta } = await callApi<Usage[]>(`/api/connections/${id}/used-by?limit=${shownMost}`)
    return { items: data, meta: meta as Omit<UsedByList, 'items'> }
  } catch (error) {
    return { problem: sentenceOf(error) }
  }
}

const Usages = ({ found }: { found: Found }) => {
  if ('problem' in found) return <p>{found.problem}</p>
  const { items, meta } = found
  return (
    <>
      {items.length === 0 && <p>No pipeline names it.</p>}
      <ul>
        {items.map((usage) => (
          <li key={`${usage.pipeline.key} ${usage.pointer}`}>
            <UsageLine usage={usage} />
          </li>
        ))}
      </ul>
      {meta.page.cursor !== null && <p>And more: see the pipelines page.</p>}
      <p>
        {meta.last_use ? (
          <>
            Last used <RelativeTime at={meta.last_use.at} />
            {meta.last_use.by.name && ` by ${meta.last_use.by.name}`} (
            {words[meta.last_use.purpose] ?? meta.last_use.purpose})
          </>
        ) : (
          'Nobody has used it since Jackfield counts.'
        )}
      </p>
    </>
  )
}

const UsageLine = ({ usage: { pipeline, node, declared, idle, last_used_at } }: { usage: Usage }) => (
  <>
    {pipeline.id === null ? (
      <span>{pipeline.key}</span>
    ) : (
      <Link href={pipelineHref(pipeline.key)} prefetch={false}>
        {pipeline.name}
      </Link>
    )}
    {node && <span className={classes.node}>{node}</span>}
    {!pipeline.active && <Badge>Inactive</Badge>}
    {idle && <Badge tone="warning">Declared but idle</Badge>}
    {!declared && <Badge tone="warning">Used but undeclared</Badge>}
    {last_used_at && (
      <span className={classes.node}>
        <RelativeTime at={last_used_at} />
      </span>
    )}
  </>
)

const words: Record<string, string> = {
  test: 'a test',
  discover: 'a listing',
  files: 'files',
  resolve: 'its secret',
  query: 'a query',
}
