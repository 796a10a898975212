import { describe, expect, it } from 'vitest'
import { problemOfBytes, readBytes, showHex, showText } from './bytes.ts'
import { manifest } from './manifest.ts'

const parse = (config: object) => manifest.config.safeParse({ host: 'h', port: 1, ...config })
const problemsOf = (config: object) => parse(config).error?.issues.map(({ path }) => path.join('/'))

describe('the rules of the answer', () => {
  it('need what they compare with', () => {
    expect(problemsOf({ banner: 'contains' })).toEqual(['banner_text'])
    expect(problemsOf({ banner: 'contains', banner_text: '' })).toEqual(['banner_text'])
    expect(problemsOf({ banner: 'matches' })).toEqual(['banner_pattern'])
    expect(problemsOf({ banner: 'any' })).toBeUndefined()
  })
  it('name the field that cannot be read', () => {
    expect(problemsOf({ send: 'a\\q' })).toEqual(['send'])
    expect(problemsOf({ banner_pattern: '(' })).toEqual(['banner_pattern'])
  })
  it('hold for every preset as it is', () => {
    for (const { config } of manifest.presets) expect(problemsOf(config)).toBeUndefined()
  })
})

it('bytes are written as people write them, and shown the same way', () => {
  expect([...readBytes('a\\r\\n\\0\\x7F\\\\ä')]).toEqual([97, 13, 10, 0, 0x7f, 0x5c, 0xc3, 0xa4])
  expect(showText(readBytes('a\\r\\n\\0\\x7f\\\\'))).toBe('a\\r\\n\\x00\\x7f\\\\')
  expect(showHex(Buffer.from('hi\n'))).toBe('68 69 0a')
  for (const bad of ['\\', '\\q', '\\x', '\\x1', 'a\\xgg']) expect(problemOfBytes(bad)).toMatch(/^“\\.*\.$/)
  for (const good of ['', 'plain', '\\r\\n', '\\\\q', '\\x00']) expect(problemOfBytes(good)).toBeUndefined()
})

it('one place is one destination, whatever its spelling', () => {
  const { destination, summarize } = manifest
  const at = (host: string) => destination(manifest.config.parse({ host, port: 25 }))
  expect(at('Mail.Example.com.')).toEqual(at('mail.example.com'))
  expect(summarize(manifest.config.parse({ host: '[::1]', port: 25 }))).toBe('[::1]:25')
})
