import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { superviseChild } from './child.ts'

const coreLimit = (pid: number | string): string =>
  /^Max core file size\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1] ?? ''

test.skipIf(process.platform !== 'linux')('a process that holds secrets leaves no dump of its memory', async () => {
  const home = mkdtempSync(path.join(tmpdir(), 'jackfield-child-'))
  const file = path.join(home, 'main.mjs')
  writeFileSync(file, "process.send({ ready: true }); process.on('message', () => {})\n")
  // As a machine that collects dumps has it; where the limit cannot be raised there are none to begin with.
  spawnSync('prlimit', ['--pid', String(process.pid), '--core=4096'])
  let pid = 0
  const child = superviseChild({
    name: 'engine',
    file,
    env: { PATH: process.env.PATH, NODE_ENV: 'test' },
    home,
    patience_ms: 2_000,
    onStart: (started) => {
      pid = started
    },
  })
  await child.start()
  expect(coreLimit(pid)).toBe('0')
  await child.stop()
  rmSync(home, { recursive: true, force: true })
})
