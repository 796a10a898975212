import { parseKey } from '../key-check.ts'
import type { KeyProvider } from './provider.ts'

/** Keys from `JACKFIELD_ENCRYPTION_KEY`: base64, separated by commas. */
export const envKeys = (text: string): KeyProvider => ({
  async load() {
    const parts = text.split(',').map((part) => part.trim())
    const keys = parts.map((part) => ({ bytes: parseKey(part, 'JACKFIELD_ENCRYPTION_KEY'), source: 'env' }))
    return { keys, absent: new Map() }
  },
})
