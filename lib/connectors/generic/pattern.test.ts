import { describe, expect, it } from 'vitest'
import { seededRandom } from '#lib/core/testing/random'
import { compilePattern, PatternError } from './pattern.ts'

const finds = (pattern: string, text: string) => compilePattern(pattern).isIn(text)

describe('a pattern', () => {
  it.each([
    ['', ''],
    ['abc', 'xxabcxx'],
    ['^SSH-2\\.0-', 'SSH-2.0-OpenSSH_9.2'],
    ['^(\\+PONG|-NOAUTH)', '-NOAUTH Authentication required.'],
    ['(?i)pong', '+PONG'],
    ['^220[ -].*$', '220 mail.example.com'],
    ['a{2,3}b', 'xaaab'],
    ['^a{2,}$', 'aaaa'],
    ['[^\\d\\s]+!', '12 ab!'],
    ['[]x]', ']'],
    ['[a-]', '-'],
    ['(a*)*b', 'aab'],
    ['(|a)+b', 'b'],
    ['^\\x00\\x01', '\0\x01x'],
    ['ä', 'Ã¤'],
    ['{', '{'],
  ])('%j is found in %j', (pattern, text) => expect(finds(pattern, text)).toBe(true))
  it.each([
    ['^abc', 'xabc'],
    ['abc$', 'abcx'],
    ['a{3}', 'aa'],
    ['^[a-c]+$', 'abd'],
    ['.', '\n'],
    ['a|b', 'c'],
  ])('%j is not found in %j', (pattern, text) => expect(finds(pattern, text)).toBe(false))
  it.each([
    '(',
    ')',
    'a)',
    '[',
    '*',
    'a{3,2}',
    '(?=a)',
    '(?<n>a)',
    '\\1',
    '\\b',
    '\\',
    '\\xg0',
    '[z-a]',
    'x'.repeat(201),
  ])('%j is refused with a sentence', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError)
    expect(() => compilePattern(pattern)).toThrow(/\.$/)
  })
  it('says the same as JavaScript, for thousands of patterns', () => {
    const next = seededRandom(4)
    const pick = (from: readonly string[]) => from[Math.floor(next() * from.length)] ?? ''
    const atoms = ['a', 'b', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '(b*)', '\\d', 'c?']
    const times = ['', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}']
    for (let round = 0; round < 5_000; round++) {
      const body = Array.from({ length: 1 + Math.floor(next() * 4) }, () => pick(atoms) + pick(['', '', '|']))
      const repeated = body.map((part) => (part.endsWith('|') || part.endsWith('?') ? part : part + pick(times)))
      const pattern = pick(['', '^']) + repeated.join('') + pick(['', '$'])
      const text = Array.from({ length: Math.floor(next() * 8) }, () => pick(['a', 'b', 'c', '1', '\n'])).join('')
      expect([pattern, text, finds(pattern, text)]).toEqual([pattern, text, new RegExp(pattern).test(text)])
    }
  })
  it.each(['^(a+)+$', '(a|aa)+$', '(a*)*(a*)*(a*)*b', '(.*)*x', '(a?){200}a{200}b'])(
    '%j answers at once about a text made to make it explode',
    (pattern) => {
      const work = compilePattern(pattern)
      const began = process.cpuUsage()
      expect(work.isIn(`${'a'.repeat(4_000)}!`)).toBe(false)
      expect(process.cpuUsage(began).user / 1000).toBeLessThan(5_000)
    },
  )
  it('is refused when its repeat counts multiply', () => {
    expect(() => compilePattern('((a{100}){100}){100}')).toThrow(/too large/)
    expect(() => compilePattern(`${'('.repeat(60)}a${')'.repeat(60)}`)).toThrow(PatternError)
  })
})
