'use client'
import { Splitter } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import type { ReactNode } from 'react'
import classes from './explorer.module.css'
import { type PaneSize, sizeWithin } from './pane-size.ts'

interface TwoPanesProps {
  /** Width of the left pane in pixels. */
  size: PaneSize
  /** A narrow screen has room for one pane: then it is the right one. */
  isRightShown: boolean
  left: ReactNode
  children: ReactNode
}

/** What one chooses from at the left, what was chosen at the right, and between them an edge that is dragged or moved by arrow keys. */
export const TwoPanes = ({ size, isRightShown, left, children }: TwoPanesProps) => {
  const [width, setWidth] = useLocalStorage<number>({ key: size.key, defaultValue: size.default })
  return (
    <Splitter
      className={classes.panes}
      data-detail={isRightShown || undefined}
      classNames={{ pane: classes.pane, handle: classes.handle }}
      sizes={[`${width}px`, 100]}
      onSizeChange={([now]) => setWidth(sizeWithin(now, size))}
      lineSize={1}
      withHandle={false}
      step="24px"
    >
      <Splitter.Pane defaultSize={`${size.default}px`} min={`${size.min}px`} max={`${size.max}px`}>
        {left}
      </Splitter.Pane>
      <Splitter.Pane defaultSize={100}>{children}</Splitter.Pane>
    </Splitter>
  )
}
