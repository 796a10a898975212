import { useRef } from 'react'
import type { ConnectionView } from '#lib/connections/schema'
import table from '../../layout/table.module.css'
import classes from './list.module.css'
import { useListContext } from './list-context.ts'

/** Chooses a row; with shift, everything since the last choice. */
export const SelectCell = ({ connection: { id, name } }: { connection: ConnectionView }) => {
  const { selected, select } = useListContext()
  const withShift = useRef(false)
  return (
    <label className={classes.select}>
      <span className={table.hidden}>Select {name}</span>
      <input
        type="checkbox"
        checked={selected.has(id)}
        // A change event does not know of the shift key; the click before it does.
        onClick={(event) => {
          withShift.current = event.shiftKey
        }}
        onChange={() => select(id, withShift.current)}
      />
    </label>
  )
}

export const SelectAll = () => {
  const { allSelected, selectAll } = useListContext()
  return (
    <label className={classes.select}>
      <span className={table.hidden}>Select all that are loaded</span>
      <input
        type="checkbox"
        checked={allSelected === 'all'}
        ref={(input) => {
          if (input) input.indeterminate = allSelected === 'some'
        }}
        onChange={selectAll}
      />
    </label>
  )
}
