import { Menu } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconClipboard,
  IconColumns3,
  IconFilter,
  IconPin,
  IconPinnedOff,
} from '@tabler/icons-react'
import type { ResultColumn } from '../result-store.ts'
import type { Sorting } from '../result-view.ts'
import { VisibleText } from './cell-view.tsx'
import { type MenuPlace, PlaceMenu } from './place-menu.tsx'

/** Below which head it opens: the column of the result, and a place within the frame of the grid. */
export interface HeadMenuPlace extends MenuPlace {
  index: number
}

interface HeadMenuProps {
  place: HeadMenuPlace
  column: ResultColumn
  sorting: Sorting | undefined
  isPinned: boolean
  onSort(sorting: Sorting | undefined): void
  onFilter(): void
  onPin(isPinned: boolean): void
  onSelect(): void
  onCopyName(): void
  onClose(): void
}

const iconSize = { size: 15, stroke: 1.7, 'aria-hidden': true } as const

/** What one can do with a column. */
export const HeadMenu = ({ place, column, sorting, isPinned, onSort, onClose, ...on }: HeadMenuProps) => {
  const isSorted = sorting?.column === place.index
  const sort = (isDescending: boolean) => () => onSort({ column: place.index, isDescending })
  return (
    <PlaceMenu place={place} label={`Column ${column.name}`} onClose={onClose}>
      <Menu.Label>
        <VisibleText text={column.name} length={40} />
      </Menu.Label>
      <Menu.Item leftSection={<IconArrowUp {...iconSize} />} onClick={sort(false)}>
        Sort ascending
      </Menu.Item>
      <Menu.Item leftSection={<IconArrowDown {...iconSize} />} onClick={sort(true)}>
        Sort descending
      </Menu.Item>
      {isSorted && <Menu.Item onClick={() => onSort(undefined)}>Do not sort</Menu.Item>}
      <Menu.Item leftSection={<IconFilter {...iconSize} />} onClick={on.onFilter}>
        Filter…
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item
        leftSection={isPinned ? <IconPinnedOff {...iconSize} /> : <IconPin {...iconSize} />}
        onClick={() => on.onPin(!isPinned)}
      >
        {isPinned ? 'Unpin' : 'Pin to the left'}
      </Menu.Item>
      <Menu.Item leftSection={<IconColumns3 {...iconSize} />} onClick={on.onSelect}>
        Select column
      </Menu.Item>
      <Menu.Item leftSection={<IconClipboard {...iconSize} />} onClick={on.onCopyName}>
        Copy name
      </Menu.Item>
    </PlaceMenu>
  )
}
