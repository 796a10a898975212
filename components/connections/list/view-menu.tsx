'use client'
import { Menu } from '@mantine/core'
import { IconAdjustmentsHorizontal } from '@tabler/icons-react'
import toolbar from '../../layout/toolbar.module.css'
import { type ColumnChoice, columnChoices, columnLabels, type ViewSettings } from './view-settings.ts'

interface ViewMenuProps {
  settings: ViewSettings
  onChange(settings: ViewSettings): void
}

/** Which columns stand in the list, and how close its rows are. */
export const ViewMenu = ({ settings, onChange }: ViewMenuProps) => {
  const { columns, density } = settings
  const toggle = (column: ColumnChoice) =>
    columnChoices.filter((one) => (one === column ? !columns.includes(one) : columns.includes(one)))
  const isCompact = density === 'compact'
  return (
    <Menu position="bottom-end" offset={4} width={190} closeOnItemClick={false}>
      <Menu.Target>
        <button type="button" className={toolbar.filter} data-set>
          <IconAdjustmentsHorizontal size={15} stroke={1.7} aria-hidden />
          Display
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Rows</Menu.Label>
        <Choice isOn={isCompact} onPick={() => onChange({ columns, density: isCompact ? 'comfortable' : 'compact' })}>
          Compact
        </Choice>
        <Menu.Label>Columns</Menu.Label>
        {columnChoices.map((column) => (
          <Choice
            key={column}
            isOn={columns.includes(column)}
            onPick={() => onChange({ columns: toggle(column), density })}
          >
            {columnLabels[column]}
          </Choice>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

interface ChoiceProps {
  isOn: boolean
  onPick(): void
  children: string
}

const Choice = ({ isOn, onPick, children }: ChoiceProps) => (
  <Menu.CheckboxItem checked={isOn} onChange={onPick}>
    {children}
  </Menu.CheckboxItem>
)
