'use client'
import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import classes from './toolbar.module.css'

interface FilterMenuProps {
  label: string
  value: string | undefined
  /** Value and words of each choice. */
  options: readonly (readonly [value: string, words: string])[]
  choose(value: string | null): void
}

/** One filter: its name while unset, its value while set. */
export const FilterMenu = ({ label, value, options, choose }: FilterMenuProps) => {
  const chosen = options.find(([key]) => key === value)?.[1] ?? value
  if (options.length === 0 && value === undefined) return null
  return (
    <Menu position="bottom-start" offset={4} width={190}>
      <Menu.Target>
        <button type="button" className={classes.filter} data-set={value !== undefined || undefined}>
          {label}
          {chosen && <strong>{chosen}</strong>}
          <IconChevronDown size={14} stroke={1.8} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown className={classes.filterList ?? ''}>
        <Menu.Item rightSection={value === undefined ? check : null} onClick={() => choose(null)}>
          Any
        </Menu.Item>
        {options.map(([key, words]) => (
          <Menu.Item key={key} rightSection={key === value ? check : null} onClick={() => choose(key)}>
            {words}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}

const check = <IconCheck size={15} role="img" aria-label="chosen" />
