'use client'
import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconClipboard, IconDownload } from '@tabler/icons-react'
import { type CopyFormat, copyFormats } from './copy-text.ts'

export interface TakeSettings {
  hasHeader: boolean
  isFormulaSafe: boolean
}

interface TakeMenuProps {
  /** What is taken, such as "3 rows × 2 columns". */
  scope: string
  settings: TakeSettings
  onSettings(settings: TakeSettings): void
  onTake(format: CopyFormat): void
}

const formats = Object.keys(copyFormats) as CopyFormat[]

/** Copies the chosen cells, or all rows where only one is chosen. */
export const CopyMenu = (props: TakeMenuProps) => (
  <TakeMenu {...props} label="Copy" icon={<IconClipboard size={14} aria-hidden />} doing="Copy as" />
)

/** Saves what is loaded as a file; for all there is, `children` leads to the export. */
export const DownloadMenu = ({ children, ...props }: TakeMenuProps & { children?: React.ReactNode }) => (
  <TakeMenu {...props} label="Download" icon={<IconDownload size={14} aria-hidden />} doing="Save as">
    {children}
  </TakeMenu>
)

interface Shape {
  label: string
  icon: React.ReactNode
  doing: string
  children?: React.ReactNode
}

const TakeMenu = ({ label, icon, doing, scope, settings, onSettings, onTake, children }: TakeMenuProps & Shape) => (
  <Menu position="bottom-end" offset={4} width={240}>
    <Menu.Target>
      <Button size="xs" variant="default" leftSection={icon} rightSection={<IconChevronDown size={13} aria-hidden />}>
        {label}
      </Button>
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Label>{scope}</Menu.Label>
      {formats.map((format) => (
        <Menu.Item key={format} onClick={() => onTake(format)}>
          {doing} {copyFormats[format].label}
          {format === 'insert' && '…'}
        </Menu.Item>
      ))}
      {children}
      <Menu.Divider />
      <Menu.Label>CSV and TSV</Menu.Label>
      <Menu.CheckboxItem
        closeMenuOnClick={false}
        checked={settings.hasHeader}
        onChange={(hasHeader) => onSettings({ ...settings, hasHeader })}
      >
        With column names
      </Menu.CheckboxItem>
      <Menu.CheckboxItem
        closeMenuOnClick={false}
        checked={settings.isFormulaSafe}
        onChange={(isFormulaSafe) => onSettings({ ...settings, isFormulaSafe })}
      >
        Safe for spreadsheets
      </Menu.CheckboxItem>
    </Menu.Dropdown>
  </Menu>
)
