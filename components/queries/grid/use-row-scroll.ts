import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { nativeHeight, placeAfter, placeAt, type ScrollPlace } from './row-scroll.ts'

export const rowHeight = 28
export const headHeight = 44
/** Rows made above and below of those on screen. */
const overscan = 8

export interface RowScroll {
  /** Of the element that makes the browser's scroll bar. */
  height: number
  /** The rows that exist: from this one, and not that one any more. */
  first: number
  end: number
  /** Rows on screen. */
  page: number
  /** Where a row stands in the element. */
  topOf(row: number): number
  show(row: number): void
}

/**
 * Which rows exist in the page. All are equally high, so that is arithmetic: it costs the same for ten rows and for ten
 * million, of which a browser could not lay out the height.
 */
export const useRowScroll = (scroller: RefObject<HTMLElement | null>, rows: number): RowScroll => {
  const [viewport, setViewport] = useState(600)
  const [place, setPlace] = useState<ScrollPlace>({ top: 0, shift: 0 })
  const space = { total: rows * rowHeight, viewport }
  const latest = useRef({ space, place })
  latest.current.space = space
  const move = useCallback((next: ScrollPlace) => {
    latest.current.place = next
    setPlace(next)
  }, [])

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const observer = new ResizeObserver(() => setViewport(Math.max(rowHeight, element.clientHeight - headHeight)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [scroller])
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    const onScroll = () => {
      const { place: before, space: now } = latest.current
      move(placeAfter(before, element.scrollTop, now))
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [scroller, move])
  // Fewer rows than before, after a filter or another statement: nobody is left behind the end.
  const furthest = Math.max(0, space.total - viewport)
  useLayoutEffect(() => {
    if (latest.current.place.top > furthest) move(placeAt(furthest, latest.current.space))
  }, [furthest, move])

  const show = (row: number) => {
    const start = row * rowHeight
    const { top } = latest.current.place
    const wanted = start < top ? start : start + rowHeight > top + viewport ? start + rowHeight - viewport : top
    if (wanted === top || !scroller.current) return
    const next = placeAt(wanted, space)
    move(next)
    scroller.current.scrollTop = next.top - next.shift
  }
  return {
    height: nativeHeight(space),
    first: Math.max(0, Math.floor(place.top / rowHeight) - overscan),
    end: Math.min(rows, Math.ceil((place.top + viewport) / rowHeight) + overscan),
    page: Math.max(1, Math.floor(viewport / rowHeight) - 1),
    topOf: (row) => row * rowHeight - place.shift,
    show,
  }
}
