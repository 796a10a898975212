'use client'
import { Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import { formatNumber } from '#lib/format/number'
import classes from './toolbar.module.css'

type Option = readonly [value: string, words: string, count?: number]

interface FilterMenuProps {
  label: string
  /** One value; or several between commas. */
  value: string | undefined
  /** Value and words of each choice, and how many there are of it where that is known. */
  options: readonly Option[]
  /** Several may be chosen, of which any has to fit. */
  isMultiple?: boolean
  choose(value: string | null): void
  /** The choices are about to be seen. */
  onOpen?(): void
}

/** One filter: its name while unset, its value while set, and a way to take it off. */
export const FilterMenu = ({ label, value, options, isMultiple = false, choose, onOpen }: FilterMenuProps) => {
  const button = useRef<HTMLButtonElement>(null)
  if (options.length === 0 && value === undefined) return null
  const chosen = value === undefined ? [] : isMultiple ? value.split(',') : [value]
  const known = options.map(([key]) => key)
  const all = [...options, ...chosen.filter((key) => !known.includes(key)).map((key): Option => [key, key])]
  const words = all.filter(([key]) => chosen.includes(key)).map(([, word]) => word)
  const toggle = (key: string) => {
    if (!isMultiple) return choose(key)
    choose(
      chosen.includes(key) ? chosen.filter((other) => other !== key).join(',') || null : [...chosen, key].join(','),
    )
  }
  return (
    <span className={classes.chip}>
      <Menu position="bottom-start" offset={4} width={190} closeOnItemClick={!isMultiple} {...(onOpen && { onOpen })}>
        <Menu.Target>
          <button ref={button} type="button" className={classes.filter} data-set={value !== undefined || undefined}>
            {label}
            {words.length > 0 && <strong>{words.length > 2 ? `${words.length} of them` : words.join(', ')}</strong>}
            {value === undefined && <IconChevronDown size={14} stroke={1.8} aria-hidden />}
          </button>
        </Menu.Target>
        <Menu.Dropdown className={classes.filterList ?? ''}>
          <Menu.Item rightSection={value === undefined ? check : null} onClick={() => choose(null)}>
            Any
          </Menu.Item>
          {all.map(([key, word, count]) => (
            <Menu.Item
              key={key}
              rightSection={
                chosen.includes(key)
                  ? check
                  : count !== undefined && <span className={classes.aside}>{formatNumber(count)}</span>
              }
              onClick={() => toggle(key)}
            >
              {word}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {value !== undefined && (
        <button
          type="button"
          className={classes.takeOff}
          aria-label={`Take off ${label}`}
          onClick={() => {
            // This button goes with the value; the filter itself stays.
            button.current?.focus()
            choose(null)
          }}
        >
          <IconX size={13} stroke={2} aria-hidden />
        </button>
      )}
    </span>
  )
}

const check = <IconCheck size={15} role="img" aria-label="chosen" />
