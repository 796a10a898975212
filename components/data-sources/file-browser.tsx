'use client'
import { ActionIcon, Button, Splitter } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconFileText, IconRefresh } from '@tabler/icons-react'
import { Suspense } from 'react'
import explorer from './explorer.module.css'
import { FileCrumbs } from './file-crumbs.tsx'
import { FileList } from './file-list.tsx'
import { leadsTo, parentOf } from './file-names.ts'
import { FilePreviewPane } from './file-preview.tsx'
import classes from './files.module.css'
import { DetailSkeleton } from './skeletons.tsx'
import { type FilesStart, useFiles } from './use-files.ts'

const listWidth = { key: 'jackfield.files.list', default: 480, min: 280, max: 860 } as const

/** A folder at the left, the beginning of the chosen file at the right. */
export const FileBrowser = (start: FilesStart) => {
  const files = useFiles(start)
  const [width, setWidth] = useLocalStorage<number>({ key: listWidth.key, defaultValue: listWidth.default })
  const { folder, path, file } = files
  const open = (entry: Parameters<typeof leadsTo>[0] & { path: string }) => {
    const target = leadsTo(entry)
    if (target === 'folder') files.openFolder(entry.path)
    if (target === 'file') files.openFile(entry.path)
  }
  return (
    <Splitter
      className={explorer.panes}
      data-detail={file !== undefined || undefined}
      classNames={{ pane: explorer.pane, handle: explorer.handle }}
      sizes={[`${width}px`, 100]}
      onSizeChange={([left]) => setWidth(widthOf(left))}
      lineSize={1}
      withHandle={false}
      step="24px"
    >
      <Splitter.Pane defaultSize={`${listWidth.default}px`} min={`${listWidth.min}px`} max={`${listWidth.max}px`}>
        <div className={explorer.left}>
          <div className={classes.bar}>
            <FileCrumbs path={path} onOpen={files.openFolder} />
            <ActionIcon
              variant="default"
              size={32}
              aria-label="Read the folder again"
              title="Read the folder again"
              loading={folder?.status === 'loading' && folder.items.length > 0}
              onClick={files.refresh}
            >
              <IconRefresh size={15} aria-hidden />
            </ActionIcon>
          </div>
          {folder?.problem !== undefined && (
            <div className={classes.problem} role="alert">
              <p>{folder.problem}</p>
              <Button variant="default" size="compact-sm" onClick={files.retry}>
                Try again
              </Button>
            </div>
          )}
          <FileList
            path={path}
            folder={folder}
            selected={file}
            onOpen={open}
            onUp={path === '' ? undefined : () => files.openFolder(parentOf(path))}
            onMissing={files.loadMore}
          />
        </div>
      </Splitter.Pane>
      <Splitter.Pane defaultSize={100}>
        {files.preview === undefined || file === undefined ? (
          <div className={explorer.nothing}>
            <IconFileText size={28} stroke={1.3} aria-hidden />
            <p>Choose a file to see how it begins. Only its first part is read.</p>
          </div>
        ) : (
          <Suspense key={files.previewKey} fallback={<DetailSkeleton />}>
            <FilePreviewPane
              path={file}
              answer={files.preview}
              format={files.format}
              onFormat={files.showAs}
              onClose={files.closeFile}
            />
          </Suspense>
        )}
      </Splitter.Pane>
    </Splitter>
  )
}

const widthOf = (size: number | string | undefined): number => {
  const width = Number.parseFloat(String(size))
  return Number.isFinite(width)
    ? Math.round(Math.min(listWidth.max, Math.max(listWidth.min, width)))
    : listWidth.default
}
