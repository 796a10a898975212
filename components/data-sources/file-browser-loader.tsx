import type { ConnectionView } from '#lib/connections/schema'
import type { FileFormat, FilePreview, FilesPage } from '#lib/data-sources/schema'
import { FileBrowser } from './file-browser.tsx'
import { previewKey } from './file-names.ts'
import { problemOf } from './problem-of.ts'
import { SourceProblem } from './source-problem.tsx'
import type { PreviewAnswer } from './use-files.ts'

interface FileBrowserLoaderProps {
  connection: Pick<ConnectionView, 'id' | 'name'>
  path: string
  /** The file that the address names, and how it is to be read. */
  file: string | undefined
  format: FileFormat | undefined
  list: (path: string) => Promise<FilesPage>
  preview: (path: string, format: FileFormat | undefined) => Promise<FilePreview>
}

/** Waits for the source, behind a skeleton, and shows its files or what keeps it from answering. */
export const FileBrowserLoader = async ({ connection, path, file, format, list, preview }: FileBrowserLoaderProps) => {
  const opened = file === undefined ? undefined : settle(preview(file, format))
  const found = await list(path).then((page) => ({ page }), problemOf)
  const isTop = path === ''
  if ('problem' in found && isTop) return <SourceProblem connection={connection} problem={found.problem} what="files" />
  const folder =
    'problem' in found
      ? ({ items: [], cursor: null, status: 'ready', problem: found.problem } as const)
      : ({ items: found.page.items, cursor: found.page.page.cursor, status: 'ready' } as const)
  return (
    <FileBrowser
      source={connection.id}
      path={path}
      folder={folder}
      file={file !== undefined && opened ? { key: previewKey(file, format), answer: await opened } : undefined}
    />
  )
}

const settle = (preview: Promise<FilePreview>): Promise<PreviewAnswer> =>
  preview.then((known) => ({ preview: known }), problemOf)
