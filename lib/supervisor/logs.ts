import {
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
} from 'node:fs'
import path from 'node:path'

const logMax_bytes = 20 * 1024 * 1024

export const logFile = (home: string, name: string): string => path.join(home, 'logs', `${name}.log`)

/** A file a child appends to by itself, so that its last words survive it and us. */
export const openLog = (home: string, name: string): number => {
  mkdirSync(path.join(home, 'logs'), { recursive: true, mode: 0o700 })
  return openSync(logFile(home, name), 'a', 0o600)
}

export const lastLines = (home: string, name: string, count = 15): string => {
  const file = logFile(home, name)
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n') : ''
}

/** Keeps one older file of each log; they are open for appending, so they can be emptied under their writers. */
export const trimLogs = (home: string): void => {
  const folder = path.join(home, 'logs')
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const file = path.join(folder, name)
    if (!name.endsWith('.log') || statSync(file).size < logMax_bytes) continue
    copyFileSync(file, `${file}.1`)
    truncateSync(file)
  }
}
