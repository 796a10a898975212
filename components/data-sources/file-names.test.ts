import { expect, it } from 'vitest'
import { fileFormat } from '#lib/data-sources/schema'
import { formatOf, formats } from './file-names.ts'

it('an address is read the same by the server and the browser: a format that is none counts as none', () => {
  expect(Object.keys(formats).sort()).toEqual(fileFormat.options.toSorted())
  for (const text of ['csv', 'parquet', 'odd', '', null]) expect(formatOf(text)).toBe(fileFormat.safeParse(text).data)
})
