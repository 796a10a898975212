import { sign, verify } from 'node:crypto'
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import canonicalize from 'canonicalize'
import * as z from 'zod'
import type { Head } from './chain.ts'
import type { AuditKeys } from './keys.ts'
import type { StoredCheckpoint } from './store.ts'

/** A signed statement that a chain was this long and ended with this MAC. */
export type Checkpoint = StoredCheckpoint

export const signCheckpoint = (keys: AuditKeys, chain: string, { seq, mac }: Head, at = new Date()): Checkpoint => ({
  ...{ chain, seq, mac, at },
  signature: sign(null, statement({ chain, seq, mac, at }), keys.signing),
})

export const isSigned = (keys: AuditKeys, checkpoint: Checkpoint): boolean =>
  verify(null, statement(checkpoint), keys.verifying, checkpoint.signature)

const statement = ({ chain, seq, mac, at }: Omit<Checkpoint, 'signature'>): Buffer =>
  Buffer.from(
    `jackfield audit checkpoint\n${canonicalize({ chain, seq: String(seq), mac: base64(mac), at: at.toISOString() })}`,
  )

const line = z.object({
  chain: z.string(),
  seq: z.string().regex(/^\d+$/).transform(BigInt),
  mac: z.base64().transform((text) => Buffer.from(text, 'base64')),
  at: z.iso.datetime().transform((text) => new Date(text)),
  signature: z.base64().transform((text) => Buffer.from(text, 'base64')),
})

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

/**
 * The second place (AUDIT-2): a file beside the keys' folder, outside of the database. Nobody chooses its name or mode,
 * so that no setting of the trail can write anywhere else (AUDIT-10).
 */
export const checkpointFile = (home: string) => {
  const file = path.join(home, 'audit', 'checkpoints.ndjson')
  return {
    exists: () => existsSync(file),
    /** On the disk when it returns. */
    append(checkpoints: Checkpoint[]): void {
      mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
      const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
      const descriptor = openSync(file, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600)
      try {
        fchmodSync(descriptor, 0o600)
        writeSync(descriptor, checkpoints.map(lineOf).join(''))
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
    },
    /** Lines that are none, such as one a power cut left half, are left out: they say nothing. */
    read(): Checkpoint[] {
      if (!existsSync(file)) return []
      return readFileSync(file, 'utf8').split('\n').flatMap(parseLine)
    },
  }
}
export type CheckpointFile = ReturnType<typeof checkpointFile>

// A line of its own even after one that a crash left unfinished.
const lineOf = ({ chain, seq, mac, at, signature }: Checkpoint): string =>
  `\n${JSON.stringify({ chain, seq: String(seq), mac: base64(mac), at: at.toISOString(), signature: base64(signature) })}`

const parseLine = (text: string): Checkpoint[] => {
  try {
    const parsed = line.safeParse(JSON.parse(text))
    return parsed.success ? [parsed.data] : []
  } catch {
    return []
  }
}
