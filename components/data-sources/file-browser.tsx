'use client'
import { ActionIcon, Button } from '@mantine/core'
import { IconFileText, IconRefresh } from '@tabler/icons-react'
import { Suspense } from 'react'
import explorer from './explorer.module.css'
import { FileCrumbs } from './file-crumbs.tsx'
import { FileList } from './file-list.tsx'
import { leadsTo, parentOf } from './file-names.ts'
import { FilePreviewPane } from './file-preview.tsx'
import classes from './files.module.css'
import { DetailSkeleton } from './skeletons.tsx'
import { TwoPanes } from './two-panes.tsx'
import { type FilesStart, useFiles } from './use-files.ts'

const listWidth = { key: 'jackfield.files.list', default: 480, min: 280, max: 860 } as const

/** A folder at the left, the beginning of the chosen file at the right. */
export const FileBrowser = (start: FilesStart) => {
  const files = useFiles(start)
  const { folder, path, file } = files
  const open = (entry: Parameters<typeof leadsTo>[0] & { path: string }) => {
    const target = leadsTo(entry)
    if (target === 'folder') files.openFolder(entry.path)
    if (target === 'file') files.openFile(entry.path)
  }
  return (
    <TwoPanes
      size={listWidth}
      isRightShown={file !== undefined}
      left={
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
      }
    >
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
    </TwoPanes>
  )
}
