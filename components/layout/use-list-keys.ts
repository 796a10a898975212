'use client'
import { useWindowEvent } from '@mantine/hooks'
import { isMeantElsewhere, moveToRow } from './row-focus.ts'

/** j and k move between the rows of a table, / searches; Enter follows a row's link by itself. */
export const useListKeys = (searchId: string): void => {
  useWindowEvent('keydown', (event) => {
    if (isMeantElsewhere(event)) return
    if (event.key === 'j') moveToRow(1)
    else if (event.key === 'k') moveToRow(-1)
    else if (event.key === '/') document.getElementById(searchId)?.focus()
    else return
    event.preventDefault()
  })
}
