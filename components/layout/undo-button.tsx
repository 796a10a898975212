'use client'
import classes from './toast.module.css'

/** What a toast offers after something was deleted. */
export const UndoButton = ({ onClick }: { onClick(): void }) => (
  <button type="button" className={classes.undo} onClick={onClick}>
    Undo
  </button>
)
