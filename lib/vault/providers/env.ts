import { parseKey } from '../key-check.ts'
import type { KeyProvider } from './provider.ts'

/** Keys from `JACKFIELD_ENCRYPTION_KEY`: base64, separated by commas. */
export const envKeys = (text: string): KeyProvider => ({
  source: 'env',
  async load() {
    return text.split(',').map((part) => parseKey(part.trim(), 'JACKFIELD_ENCRYPTION_KEY'))
  },
})
