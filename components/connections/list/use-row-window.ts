'use client'
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual'
import { type RefObject, useCallback, useLayoutEffect, useState } from 'react'

interface RowWindow {
  body: RefObject<HTMLElement | null>
  count: number
  /** The height that every row has, in rem. */
  rowRem: number
  /** Stays in the page wherever one scrolls to, because it may hold the focus. */
  activeIndex: number
}

/** As many rows as the server renders; they are all there until the browser has measured itself. */
const firstRows = 50

/** Which rows exist in the page: those on screen, some around them, and the active one. */
export const useRowWindow = ({ body, count, rowRem, activeIndex }: RowWindow) => {
  const { rem, top } = useMeasures(body)
  const rangeExtractor = useCallback(
    (range: Range) => {
      const shown = defaultRangeExtractor(range)
      if (activeIndex < 0 || activeIndex >= range.count || shown.includes(activeIndex)) return shown
      return [...shown, activeIndex].sort((a, b) => a - b)
    },
    [activeIndex],
  )
  const height = Math.round(rowRem * rem)
  const virtual = useWindowVirtualizer({
    count,
    estimateSize: () => height,
    scrollMargin: top,
    // The sticky head above, the bar for the chosen rows below.
    scrollPaddingStart: 3 * rem,
    scrollPaddingEnd: 4.5 * rem,
    overscan: 10,
    initialOffset: 0,
    initialRect: { width: 0, height: firstRows * height },
    rangeExtractor,
  })
  useLayoutEffect(() => {
    if (height > 0) virtual.measure()
  }, [virtual, height])
  return { virtual, height, top, isMeasured: top > 0 }
}

/** Where the rows begin in the page, and how large its letters are. */
const useMeasures = (body: RefObject<HTMLElement | null>) => {
  const [measures, setMeasures] = useState({ rem: 16, top: 0 })
  useLayoutEffect(() => {
    const measure = () => {
      if (!body.current) return
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
      const top = Math.round(body.current.getBoundingClientRect().top + window.scrollY)
      setMeasures((now) => (now.rem === rem && now.top === top ? now : { rem, top }))
    }
    measure()
    // Whatever moves the rows also changes the height of the page.
    const observer = new ResizeObserver(measure)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [body])
  return measures
}

/** A row, or empty room and where it begins. */
type RowPlace = { index: number } | { gap: number; at: number }

/** The rows that exist and the empty room between them. */
export const placesOf = (
  items: readonly { index: number; start: number; end: number }[],
  { top, total }: { top: number; total: number },
): RowPlace[] => {
  const places: RowPlace[] = []
  let end = top
  for (const item of items) {
    if (item.start > end) places.push({ gap: item.start - end, at: end })
    places.push({ index: item.index })
    end = item.end
  }
  if (top + total > end) places.push({ gap: top + total - end, at: end })
  return places
}
