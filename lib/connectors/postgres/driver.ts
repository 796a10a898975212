import { defineDriver } from '../contract.ts'
import { manifest } from './manifest.ts'
import { testConnection } from './test-connection.ts'

export const driver = defineDriver(manifest, {
  test: testConnection,
  async *discover() {
    yield new Uint8Array()
  },
})
