'use client'
import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { Segments } from '#components/layout/segments'
import { HistoryList } from './history-list.tsx'
import classes from './queries.module.css'
import { SavedList } from './saved-list.tsx'

interface SidePanesProps {
  source: string
  tree: ReactNode
  isNarrow: boolean
  /** Goes back to the editor where only one of them has room. */
  onDone: () => void
}

const sides = [
  { value: 'tables', label: 'Tables' },
  { value: 'saved', label: 'Saved' },
  { value: 'history', label: 'History' },
] as const

/** What a statement is made from: the tables, those that were kept, and those that were run. */
export const SidePanes = ({ source, tree, isNarrow, onDone }: SidePanesProps) => {
  const [side, setSide] = useState<(typeof sides)[number]['value']>('tables')
  return (
    <div className={classes.side}>
      <div className={classes.sideHead}>
        <Segments
          name="sql-side"
          label="What is shown beside the editor"
          options={sides}
          value={side}
          onChange={setSide}
        />
        {isNarrow && (
          <Button size="compact-sm" variant="default" onClick={onDone}>
            Back
          </Button>
        )}
      </div>
      {side === 'tables' && tree}
      {side === 'saved' && <SavedList source={source} onDone={onDone} />}
      {side === 'history' && <HistoryList source={source} onDone={onDone} />}
    </div>
  )
}
