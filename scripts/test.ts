import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs, stripVTControlCharacters } from 'node:util'

// Every check of the project, in the order in which a mistake is cheapest to hear about.
const root = path.join(import.meta.dirname, '..')
const reports = mkdtempSync(path.join(tmpdir(), 'jackfield-reports-'))

interface Count {
  passed: number
  failed: number
  /** What failed and why, told again at the very end, where whoever reads only the end of a long log looks. */
  failures?: string[]
}
interface Step {
  name: string
  run(): Promise<Count>
}

const bin = (name: string) => path.join(root, 'node_modules', '.bin', name)

const steps: Step[] = [
  { name: 'generate', run: () => command(process.execPath, ['scripts/generate.ts']) },
  { name: 'types', run: () => command(bin('tsc'), ['--noEmit']) },
  { name: 'lint', run: () => command(bin('biome'), ['ci', '--colors=off', '.']) },
  {
    name: 'dependencies',
    run: () =>
      command(bin('depcruise'), [
        '--config',
        '.dependency-cruiser.cjs',
        'app',
        'components',
        'lib',
        'scripts',
        'bench',
      ]),
  },
  { name: 'unused', run: () => command(bin('knip'), ['--no-progress']) },
  { name: 'unit', run: runVitest },
  { name: 'build', run: () => command(process.execPath, ['scripts/build.ts']) },
  { name: 'e2e', run: runPlaywright },
]

const { values } = parseArgs({ options: { only: { type: 'string' }, assure: { type: 'boolean' } } })
// The long counts of the assurance tests; CI runs shorter ones of the same tests.
if (values.assure) process.env.ASSURE = '1'
const only = values.only?.split(',')
const total: Required<Count> = { passed: 0, failed: 0, failures: [] }

if (!only || only.includes('unit') || only.includes('e2e')) installTestSystem()
for (const step of steps.filter(({ name }) => !only || only.includes(name))) {
  const started = Date.now()
  console.log(`\n── ${step.name}`)
  const count = await step.run()
  total.passed += count.passed
  total.failed += count.failed
  if (count.failed > 0) total.failures.push(...(count.failures?.length ? count.failures : [`${step.name}: see above`]))
  console.log(
    `── ${step.name}: ${count.failed === 0 ? 'ok' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
  )
  // A generator or a build that failed makes everything behind it fail for the wrong reason.
  if (count.failed > 0 && ['generate', 'build'].includes(step.name)) break
}
rmSync(reports, { recursive: true, force: true })
for (const failure of total.failures) console.log(`\n✗ ${failure}`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1

async function command(file: string, args: string[], env: Record<string, string> = {}): Promise<Count> {
  const code = await run(file, args, env)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function run(file: string, args: string[], env: Record<string, string>): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(file, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', (error) => {
      console.error(`${file} cannot be run: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code) => resolve(code ?? 1))
  })
}

async function runVitest(): Promise<Count> {
  const file = path.join(reports, 'vitest.json')
  const code = await run(bin('vitest'), ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`], {})
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
    testResults: {
      name: string
      status: string
      message: string
      assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
    }[]
  }
  const skipped = report.numPendingTests + report.numTodoTests
  if (skipped > 0) console.error(`${skipped} tests were skipped; that counts as a failure.`)
  const failed = report.numFailedTests + skipped
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => [
    ...(status === 'failed' && message ? [`${path.relative(root, name)}\n${head(message)}`] : []),
    ...assertionResults
      .filter((test) => test.status !== 'passed')
      .map((test) => `${path.relative(root, name)} › ${test.fullName}\n${head(test.failureMessages.join('\n'))}`),
  ])
  return { passed: report.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed, failures }
}

async function runPlaywright(): Promise<Count> {
  const file = path.join(reports, 'playwright.json')
  const code = await run(bin('playwright'), ['test', '--reporter=line,json'], { PLAYWRIGHT_JSON_OUTPUT_NAME: file })
  if (!existsSync(file)) return { passed: 0, failed: 1 }
  const { stats, suites } = JSON.parse(readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number; skipped: number }
    suites: PlaywrightSuite[]
  }
  const failed = stats.unexpected + stats.flaky + stats.skipped
  const failures = suites.flatMap(failuresOf)
  return { passed: stats.expected, failed: failed === 0 && code !== 0 ? 1 : failed, failures }
}

interface PlaywrightSuite {
  suites?: PlaywrightSuite[]
  specs: {
    ok: boolean
    file: string
    line: number
    title: string
    tests: { results: { error?: { message?: string } }[] }[]
  }[]
}

function failuresOf({ suites = [], specs }: PlaywrightSuite): string[] {
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ file, line, title, tests }) => {
      const why = tests.flatMap(({ results }) => results.map(({ error }) => error?.message ?? '')).join('\n')
      return `${file}:${line} › ${title}\n${head(why)}`
    })
  return [...own, ...suites.flatMap(failuresOf)]
}

function head(text: string): string {
  return stripVTControlCharacters(text).split('\n').slice(0, 12).join('\n')
}

/** Chromium, sshd and PostgreSQL's server programs, from the system's packages where they are missing and we may install them. */
function installTestSystem(): void {
  const missing = [
    ...(findChromium() ? [] : ['chromium']),
    ...(existsSync('/usr/lib/postgresql') ? [] : ['postgresql']),
    ...(existsSync('/usr/sbin/sshd') ? [] : ['openssh-server']),
    ...(spawnSync('openssl', ['version']).status === 0 ? [] : ['openssl']),
  ]
  if (missing.length === 0) return
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(`Installing ${missing.join(', ')} for the tests …`)
    const apt = (...args: string[]) =>
      spawnSync('apt-get', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      })
    apt('update', '-q')
    apt('install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', ...missing)
  }
  if (!findChromium()) {
    console.log('No Chromium among the system packages; asking Playwright for its own.')
    spawnSync(bin('playwright'), ['install', 'chromium'], { stdio: 'inherit' })
  }
  if (!existsSync('/usr/sbin/sshd')) console.log('There is no OpenSSH server: the suites of SSH tunnels are skipped.')
  if (!existsSync('/usr/lib/postgresql'))
    console.log('PostgreSQL 15 from Debian is not here: its suites run against the embedded PostgreSQL 18 instead.')
}

function findChromium(): boolean {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].some((file) => existsSync(file))
}
