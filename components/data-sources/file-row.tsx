import {
  IconBraces,
  IconFile,
  IconFileText,
  IconFileUnknown,
  IconFolder,
  IconFolderSymlink,
  IconLink,
  IconLinkOff,
  IconTable,
} from '@tabler/icons-react'
import { RelativeTime } from '#components/layout/relative-time'
import type { FileEntry } from '#lib/data-sources/schema'
import { formatBytes } from '#lib/format/number'
import { leadsTo, visibleName } from './file-names.ts'
import classes from './files.module.css'

interface FileRowProps {
  id: string
  entry: FileEntry
  top: number
  place: { position: number; size: number }
  isActive: boolean
  isSelected: boolean
  onPress: () => void
}

/** One row of the list, put where the virtual list wants it. */
export const FileRow = ({ id, entry, top, place, isActive, isSelected, onPress }: FileRowProps) => {
  const { icon: Icon, label } = looksOf(entry)
  const isOpenable = leadsTo(entry) !== undefined
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list handles the keys for the row it points at
    // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active row
    <div
      id={id}
      role="option"
      aria-posinset={place.position}
      aria-setsize={place.size}
      aria-selected={isSelected}
      aria-disabled={!isOpenable || undefined}
      className={classes.row}
      data-active={isActive || undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={onPress}
    >
      <Icon size={16} stroke={1.6} className={classes.icon} aria-label={label} role="img" />
      <bdi className={classes.name} title={visibleName(entry.name)}>
        {visibleName(entry.name)}
      </bdi>
      <span className={classes.size}>{entry.size_bytes === null ? '' : formatBytes(entry.size_bytes)}</span>
      <span className={classes.time}>{entry.modified_at !== null && <RelativeTime at={entry.modified_at} />}</span>
    </div>
  )
}

const looksOf = (entry: FileEntry) => {
  const target = leadsTo(entry)
  if (entry.kind === 'folder') return { icon: IconFolder, label: 'Folder' }
  if (entry.kind === 'link') {
    if (target === 'folder') return { icon: IconFolderSymlink, label: 'Link to a folder' }
    return target === 'file'
      ? { icon: IconLink, label: 'Link to a file' }
      : { icon: IconLinkOff, label: 'Link that leads nowhere here' }
  }
  if (entry.kind === 'other') return { icon: IconFileUnknown, label: 'Neither file nor folder' }
  if (/\.(csv|tsv|parquet|pq)(\.gz)?$/i.test(entry.name)) return { icon: IconTable, label: 'Table' }
  if (/\.(json|ndjson|jsonl|geojson)(\.gz)?$/i.test(entry.name)) return { icon: IconBraces, label: 'JSON' }
  if (/\.(txt|log|md|sql|ya?ml|xml|html)(\.gz)?$/i.test(entry.name)) return { icon: IconFileText, label: 'Text' }
  return { icon: IconFile, label: 'File' }
}
