import { defineDriver } from '../contract.ts'
import { manifest } from './manifest.ts'
import { pages } from './pages.ts'
import { testConnection } from './test-connection.ts'

export const driver = defineDriver(manifest, { test: testConnection, pages })
