import { defineDriver } from '../contract.ts'
import { discover } from './discover.ts'
import { manifest } from './manifest.ts'
import { query } from './query.ts'
import { testConnection } from './test-connection.ts'

export const driver = defineDriver(manifest, { test: testConnection, discover, query })
