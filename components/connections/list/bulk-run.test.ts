import { describe, expect, it } from 'vitest'
import { type Outcome, runEach } from './bulk-run.ts'

const run = async (items: string[], work: (item: string) => Promise<string | undefined>, signal = never()) => {
  const outcomes: Outcome<string>[] = []
  const sentenceOf = (error: unknown) => String(error)
  await runEach(items, { atOnce: 3, signal, work, sentenceOf, onOutcome: (one) => outcomes.push(one) })
  return outcomes
}
const never = () => new AbortController().signal

describe('doing something for many', () => {
  it('never has more under way than it may, and does all of them', async () => {
    let [now, most] = [0, 0]
    const outcomes = await run([...'abcdefghij'], async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
      return undefined
    })
    expect(most).toBe(3)
    expect(
      outcomes
        .map(({ item }) => item)
        .sort()
        .join(''),
    ).toBe('abcdefghij')
  })

  it('goes on after one that fails, and says which and why', async () => {
    const outcomes = await run(['a', 'b', 'c'], async (item) => {
      if (item === 'b') throw new Error('down')
      return item === 'c' ? 'refused' : undefined
    })
    expect(new Map(outcomes.map(({ item, problem }) => [item, problem]))).toEqual(
      new Map([
        ['a', undefined],
        ['b', 'Error: down'],
        ['c', 'refused'],
      ]),
    )
  })

  it('begins nothing more once cancelled', async () => {
    const stop = new AbortController()
    const begun: string[] = []
    const outcomes = await run(
      [...'abcdefghij'],
      async (item) => {
        begun.push(item)
        if (begun.length === 3) stop.abort()
        return undefined
      },
      stop.signal,
    )
    expect(begun.length).toBeLessThanOrEqual(3)
    expect(outcomes.length).toBeLessThan(3)
  })
})
