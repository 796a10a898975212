import { expect, test } from 'vitest'
import { newId } from '#lib/core/id'
import { db } from './client.ts'
import { useTestDatabase } from './testing.ts'

useTestDatabase()

const organization = () => db().organization.create({ data: { id: newId('organization'), name: 'Acme' } })

test('a test file has a migrated and empty database of its own', async () => {
  expect(await db().organization.count()).toBe(0)
  await organization()
  expect(await db().organization.count()).toBe(1)
})
