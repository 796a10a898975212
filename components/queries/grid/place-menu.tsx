import { Menu } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './grid.module.css'

export interface MenuPlace {
  left: number
  top: number
}

interface PlaceMenuProps {
  /** Within the frame of the grid. */
  place: MenuPlace
  label: string
  onClose(): void
  children: ReactNode
}

/** A menu that opens at a place of the grid; the keyboard goes back to the grid by itself. */
export const PlaceMenu = ({ place, label, onClose, children }: PlaceMenuProps) => (
  <Menu opened onClose={onClose} position="bottom-start" offset={2} width={210} returnFocus={false}>
    <Menu.Target>
      <button
        type="button"
        tabIndex={-1}
        aria-label={label}
        className={classes.menuPlace}
        style={{ left: place.left, top: place.top }}
      />
    </Menu.Target>
    <Menu.Dropdown aria-label={label}>{children}</Menu.Dropdown>
  </Menu>
)
