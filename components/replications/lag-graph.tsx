'use client'
import dynamic from 'next/dynamic'
import { useEffect, useState } from 'react'
import { Table } from '#components/layout/table'
import { callApi } from '#lib/client/api'
import { isAborted, sentenceOf } from '#lib/client/problem'
import { exactTime } from '#lib/format/time'
import type { ReplicationView } from '#lib/replications/schema'
import { sourceAt } from './api.ts'
import classes from './replication.module.css'
import { bytesOf } from './slot-words.ts'

export interface LagPoint {
  at: string
  lag_bytes: number
  retained_bytes: number | null
  active: boolean
}

const Drawing = dynamic(() => import('./lag-drawing.tsx').then((module) => module.LagDrawing), { ssr: false })

/** How far the slot was behind over the last day, as a picture and as a table. */
export const LagGraph = ({ source, view: { id, checked_at } }: { source: string; view: ReplicationView }) => {
  const [points, setPoints] = useState<LagPoint[]>()
  const [problem, setProblem] = useState<string>()
  // biome-ignore lint/correctness/useExhaustiveDependencies: there is a new point with each look
  useEffect(() => {
    const abort = new AbortController()
    callApi<LagPoint[]>(sourceAt(source, `cdc/${id}/lag`), { signal: abort.signal }).then(
      ({ data }) => setPoints(data),
      (error: unknown) => isAborted(error) || setProblem(sentenceOf(error)),
    )
    return () => abort.abort()
  }, [source, id, checked_at])
  if (problem) return <p className={classes.dim}>{problem}</p>
  if (!points) return <div className={classes.graph} role="status" aria-label="Reading the lag" />
  if (points.length < 2) {
    return <p className={classes.dim}>A graph of how far it is behind begins with the second look, within 5 minutes.</p>
  }
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>Behind by, over the last 24 hours</figcaption>
      <div className={classes.graph} aria-hidden>
        <Drawing points={points} />
      </div>
      <details className={classes.alternative}>
        <summary>As a table</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it */}
        <section className={classes.lagTable} aria-label="Lag over time" tabIndex={0}>
          <Table label="Lag" columns={['When', 'Behind by', 'Kept on disk', 'Reader']}>
            {points.toReversed().map(({ at, lag_bytes, retained_bytes, active }) => (
              <tr key={at}>
                <td>{exactTime(at)}</td>
                <td>{bytesOf(lag_bytes)}</td>
                <td>{bytesOf(retained_bytes)}</td>
                <td>{active ? 'Connected' : 'None'}</td>
              </tr>
            ))}
          </Table>
        </section>
      </details>
    </figure>
  )
}
