import { expect, test } from 'vitest'
import { createWriteQueue } from './write-queue.ts'

test('one thing is done after the other, and whoever brings too many waits', async () => {
  const queue = createWriteQueue()
  const done: number[] = []
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  for (const number of [1, 2]) {
    queue.add(async () => {
      await gate
      done.push(number)
    })
    expect(queue.room()).toBeUndefined()
  }
  queue.add(async () => void done.push(3))
  const room = queue.room()
  expect([room === undefined, queue.isIdle(), done]).toEqual([false, false, []])
  open()
  await room
  await queue.ended()
  expect([done, queue.room(), queue.isIdle()]).toEqual([[1, 2, 3], undefined, true])
})

test('after a failure nothing more is written, and it is heard of', async () => {
  const queue = createWriteQueue()
  const done: number[] = []
  queue.add(() => Promise.reject(new Error('gone')))
  queue.add(async () => void done.push(2))
  await expect(queue.ended()).rejects.toThrow('gone')
  expect(done).toEqual([])
})
