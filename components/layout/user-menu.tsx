'use client'
import { Menu, useMantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconDeviceDesktop,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
  IconUserCircle,
} from '@tabler/icons-react'
import Link from 'next/link'
import classes from './shell.module.css'
import { signOut } from './sign-out.ts'

const schemes = [
  { value: 'auto', label: 'Like the system', icon: IconDeviceDesktop },
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
] as const

/** Who is signed in, the colour scheme, and the way out. */
export const UserMenu = ({ name, email, role }: { name: string; email: string | null; role: string }) => {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="top-start" width={228} offset={6}>
      <Menu.Target>
        <button type="button" className={classes.user}>
          <span className={classes.avatar} aria-hidden>
            {initialsOf(name)}
          </span>
          <span className={classes.userText}>
            <span className={classes.userName}>{name}</span>
            <span className={classes.userRole}>{role}</span>
          </span>
          <IconSelector size={15} stroke={1.6} aria-hidden className={classes.userIcon} />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {email && <Menu.Label>{email}</Menu.Label>}
        <Menu.Item
          component={Link}
          href="/workspace/account"
          leftSection={<IconUserCircle size={16} stroke={1.6} aria-hidden />}
        >
          Your account
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            closeMenuOnClick={false}
            leftSection={<Icon size={16} stroke={1.6} aria-hidden />}
            rightSection={colorScheme === value ? <IconCheck size={15} aria-label="chosen" /> : null}
            onClick={() => setColorScheme(value)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.6} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .filter((_, index, all) => index === 0 || index === all.length - 1)
    .join('')
    .toUpperCase() || '?'
