import { fstatSync } from 'node:fs'

/** A runner for a file may not have more. */
const descriptorsMax = 64

/** All that this process holds open, as `device:inode`. */
export const openFiles = (): ReadonlySet<string> => {
  const found = new Set<string>()
  for (let descriptor = 0; descriptor < descriptorsMax; descriptor++) {
    try {
      const { dev, ino } = fstatSync(descriptor, { bigint: true })
      found.add(`${dev}:${ino}`)
    } catch {
      // Not in use.
    }
  }
  return found
}
