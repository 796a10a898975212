import { Menu } from '@mantine/core'
import { IconClipboard, IconEye, IconFilter } from '@tabler/icons-react'
import { type CopyFormat, copyFormats } from './copy-text.ts'
import type { Filter } from './result-view.ts'
import classes from './results.module.css'

interface CellMenuProps {
  /** What is chosen, such as "3 rows × 2 columns". */
  scope: string
  /** Leaves only the rows with the value of the cell; undefined where it cannot be compared. */
  filter: Filter | undefined
  onCopy(): void
  onCopyAs(format: CopyFormat): void
  onOpen(): void
  onFilter(filter: Filter): void
}

const iconSize = { size: 15, stroke: 1.7, 'aria-hidden': true } as const
const formats = Object.keys(copyFormats) as CopyFormat[]

/** What one can do with the cells that are chosen. */
export const CellMenu = ({ scope, filter, onCopy, onCopyAs, onOpen, onFilter }: CellMenuProps) => (
  <>
    <Menu.Label>{scope}</Menu.Label>
    <Menu.Item leftSection={<IconClipboard {...iconSize} />} onClick={onCopy}>
      Copy
    </Menu.Item>
    {formats.map((format) => (
      <Menu.Item key={format} leftSection={<span className={classes.noIcon} />} onClick={() => onCopyAs(format)}>
        Copy as {copyFormats[format].label}
        {format === 'insert' && '…'}
      </Menu.Item>
    ))}
    <Menu.Divider />
    <Menu.Item leftSection={<IconEye {...iconSize} />} onClick={onOpen}>
      Open the value
    </Menu.Item>
    {filter && (
      <Menu.Item leftSection={<IconFilter {...iconSize} />} onClick={() => onFilter(filter)}>
        {filter.operator === 'null' ? 'Only rows with NULL here' : 'Only rows with this value'}
      </Menu.Item>
    )}
  </>
)
