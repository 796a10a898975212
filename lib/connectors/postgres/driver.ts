import { defineDriver } from '../contract.ts'
import { manifest } from './manifest.ts'

export const driver = defineDriver(manifest, {
  async *test() {
    return { success: false, message: 'Not built yet', driver: 'pg', server: null, cause: null, latency_ms: null }
  },
  async *discover() {},
})
