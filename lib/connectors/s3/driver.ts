import { defineDriver } from '../contract.ts'
import { files } from './files.ts'
import { manifest } from './manifest.ts'
import { testConnection } from './test-connection.ts'

export const driver = defineDriver(manifest, { test: testConnection, files })
