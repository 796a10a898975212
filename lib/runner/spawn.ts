import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Duplex } from 'node:stream'

/** The heap of one runner; what sockets deliver is capped per operation and lives outside it. */
const heapMaxMb = 256

const checkout = path.join(import.meta.dirname, '../..')
export const productRegistry = path.join(checkout, 'lib/connectors/drivers.gen.ts')

export interface RunnerProcess {
  child: ChildProcess
  pipe: Duplex
}

let emptyFolder: string | undefined

/**
 * Starts a runner that has nothing: an empty environment and home, no inspector, and files only as far as its own code
 * reaches, so that neither keys nor other programs are within reach of a driver (CONN-1, CONN-10).
 */
export const spawnRunner = (registry: string): RunnerProcess => {
  emptyFolder ??= mkdtempSync(path.join(tmpdir(), 'jackfield-runner-'))
  const readable = [...codeOf(checkout), ...(registry === productRegistry ? [] : [path.dirname(registry) + path.sep])]
  const child = spawn(
    process.execPath,
    [
      '--permission',
      ...readable.map((place) => `--allow-fs-read=${place}`),
      // SQLite opens files of its own, past the permissions.
      '--no-experimental-sqlite',
      '--disable-sigusr1',
      '--disable-proto=delete',
      `--max-old-space-size=${heapMaxMb}`,
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=SecurityWarning',
      path.join(import.meta.dirname, 'main.ts'),
      registry,
    ],
    {
      cwd: checkout,
      env: { HOME: emptyFolder, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
    },
  )
  return { child, pipe: child.stdio[3] as Duplex }
}

const code = [
  'lib/core/',
  'lib/connectors/',
  'lib/credentials/',
  'lib/runner/',
  'node_modules',
  'node_modules/',
  'package.json',
]

// Packages may be linked from elsewhere; then the permission is asked for the link and for the real place.
const codeOf = (root: string): string[] =>
  code.flatMap((part) => {
    const place = path.join(root, part)
    return [place, realpathSync(place) + (part.endsWith('/') ? path.sep : '')]
  })
