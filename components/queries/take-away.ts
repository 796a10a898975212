import { type CopyFormat, type CopyOptions, copyFormats, copyPieces, type Written } from './copy-text.ts'
import { inSlices } from './in-slices.ts'

/** More than that no clipboard takes without trouble. */
const clipboard_characters = 64_000_000

/** Writes the rows without keeping the page, and hands them to the clipboard. */
export const copyRows = async (format: CopyFormat, written: Written, options: CopyOptions): Promise<void> => {
  const parts = await writeAll(format, written, options, clipboard_characters)
  await copyText(parts.join(''))
}

export const copyText = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    throw new Error('The browser does not let this page copy. Open Jackfield over https, or download the rows instead.')
  }
}

/** Hands what is loaded to the browser as a file, without the server. */
export const downloadRows = async (format: CopyFormat, written: Written, options: CopyOptions): Promise<void> => {
  const { ending, type } = copyFormats[format]
  const url = URL.createObjectURL(new Blob(await writeAll(format, written, options), { type }))
  Object.assign(document.createElement('a'), { href: url, download: `result.${ending}` }).click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

const writeAll = async (format: CopyFormat, written: Written, options: CopyOptions, most = Infinity) => {
  const parts: string[] = []
  await inSlices(collect(copyPieces(format, written, options), parts, most), new AbortController().signal)
  return parts
}

function* collect(pieces: Iterable<string>, parts: string[], most: number): Generator<void, true> {
  let length = 0
  for (const piece of pieces) {
    length += piece.length
    if (length > most) throw new Error('That is more than a clipboard takes. Download it instead.')
    parts.push(piece)
    yield
  }
  return true
}
