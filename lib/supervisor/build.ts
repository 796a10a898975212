import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = path.join(import.meta.dirname, '../..')
const built = path.join(root, '.next')
const stampFile = path.join(built, 'jackfield-sources')

/** Whether the pages were built from exactly these sources. */
export const isBuilt = (): boolean =>
  existsSync(path.join(built, 'BUILD_ID')) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === sourcesHash()

/** Builds the pages and compresses what browsers load, so that no request has to. Throws with the build's output. */
export const buildPages = async (signal?: AbortSignal): Promise<void> => {
  const hash = sourcesHash()
  const next = path.join(root, 'node_modules/next/dist/bin/next')
  const child = spawn(process.execPath, [next, 'build'], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0) throw new Error(`The pages could not be built:\n${output.trim()}`)
  await compressFiles(path.join(built, 'static'))
  writeFileSync(stampFile, hash)
}

const sources = [
  'app',
  'components',
  'lib',
  'public',
  'prisma/schema',
  'next.config.ts',
  'tsconfig.json',
  'package-lock.json',
]

// By content, not by time: a checkout or a copy changes every time and nothing else.
const sourcesHash = (): string => {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '')
  for (const source of sources)
    for (const file of filesOf(path.join(root, source))) {
      hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file))
    }
  return hash.digest('hex')
}

const filesOf = (place: string): string[] => {
  if (!existsSync(place)) return []
  if (statSync(place).isFile()) return [place]
  return readdirSync(place, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !/\.(test|check)\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

const brotli = promisify(brotliCompress)
const deflate = promisify(gzip)

const compressFiles = async (folder: string): Promise<void> => {
  const files = filesOf(folder).filter((file) => /\.(js|css|svg|json|map|txt)$/.test(file))
  await Promise.all(
    files.map(async (file) => {
      const content = readFileSync(file)
      if (content.length < 1024) return
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
      writeFileSync(`${file}.br`, await brotli(content, quality))
      writeFileSync(`${file}.gz`, await deflate(content, { level: 9 }))
    }),
  )
}
