import { defineDialects, type Spoken } from '../contract.ts'
import { manifest } from './manifest.ts'

const notes = [
  'The file is on the machine that Jackfield runs on; a path without a slash at its start begins in a folder that is allowed there.',
]

/** `orders%23.db`, and slashes as they are. */
const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

// Three slashes and a relative path, or four and a whole one.
const address = (path: string): Spoken => ({ text: `sqlite:///${encoded(path)}`, notes })

export const dialects = defineDialects(manifest, {
  uri: ({ config }) => address(config.path),
  sqlalchemy: ({ config }) => address(config.path),
  jdbc: ({ config }) => ({ text: `jdbc:sqlite:${config.path}`, notes }),
  prisma: ({ config }) => ({ text: `file:${config.path}`, notes }),
})
