import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cruise } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** One import that must be refused: the rule, the file that holds it and what it imports. */
const forbidden: [rule: string, from: string, to: string][] = [
  ['no-cycles', 'lib/core/a.ts', 'lib/core/b.ts'],
  ['no-unresolvable', 'lib/core/lost.ts', './nowhere.ts'],
  ['lib-knows-no-ui', 'lib/format/ui.ts', 'components/button.tsx'],
  ['components-know-no-app', 'components/page-thief.tsx', 'app/page.tsx'],
  ['nothing-knows-scripts', 'lib/format/script.ts', 'scripts/start.ts'],
  ['components-are-client-safe', 'components/env.tsx', 'lib/config/env.ts'],
  ['components-never-reach-the-server', 'components/deep.tsx', 'lib/format/innocent.ts'],
  ['components-never-reach-the-server', 'components/driver.tsx', 'lib/connectors/postgres/driver.ts'],
  ['no-react-in-lib', 'lib/core/react.ts', 'react'],
  ['routes-only-wire-operations', 'app/api/a/route.ts', 'lib/connections/store.ts'],
  ['routes-only-wire-operations', 'app/api/b/route.ts', 'pg'],
  ['pages-only-await-operations', 'app/page.tsx', 'lib/connections/store.ts'],
  ['only-stores-touch-the-database', 'lib/connections/operations.ts', 'lib/db/client.ts'],
  ['only-stores-touch-the-database', 'lib/connections/naming.ts', '@prisma/client'],
  ['stores-are-private', 'lib/credentials/operations.ts', 'lib/connections/store.ts'],
  ['only-the-engine-has-the-vault', 'lib/connections/open.ts', 'lib/vault/keyring.ts'],
  ['only-the-engine-has-the-vault', 'lib/web/main.ts', 'lib/vault/keyring.ts'],
  ['only-dispatch-opens-secrets', 'lib/supervisor/peek.ts', 'lib/vault/seal.ts'],
  ['vault-knows-nothing', 'lib/vault/curious.ts', 'lib/connections/store.ts'],
  ['ciphers-only-in-the-vault', 'lib/connections/cipher.ts', 'node:crypto'],
  ['engine-is-reached-by-its-client', 'lib/connections/reach.ts', 'lib/engine/dispatch.ts'],
  ['web-loads-no-driver', 'lib/web/driver.ts', 'lib/connectors/postgres/driver.ts'],
  ['runner-has-no-database-and-no-vault', 'lib/runner/main.ts', 'lib/vault/keyring.ts'],
  ['runner-has-no-database-and-no-vault', 'lib/runner/gate.ts', 'lib/format/innocent.ts'],
  ['only-env-reads-the-environment', 'app/layout.tsx', 'lib/config/env.ts'],
  ['domains-meet-at-operations', 'lib/credentials/peek.ts', 'lib/connections/naming.ts'],
  ['connector-sees-only-the-contract', 'lib/connectors/postgres/nosy.ts', 'lib/connectors/mysql/manifest.ts'],
  ['connector-sees-only-the-contract', 'lib/connectors/postgres/nosier.ts', 'lib/db/client.ts'],
  ['manifest-is-data', 'lib/connectors/postgres/manifest.ts', 'pg'],
  ['driver-is-lazy', 'lib/runner/eager.ts', 'lib/connectors/postgres/driver.ts'],
  ['driver-import-is-dynamic', 'lib/connectors/drivers.gen.ts', 'lib/connectors/postgres/driver.ts'],
  ['drivers-only-in-the-runner', 'lib/engine/eager.ts', 'lib/connectors/drivers.gen.ts'],
  ['vendor-sdks-stay-in-connectors', 'lib/connections/pg.ts', 'pg'],
  ['drivers-open-no-socket-themselves', 'lib/connectors/postgres/driver.ts', 'node:net'],
]

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
  forbidden: { name: string }[]
  options: object
}
const playground = mkdtempSync(path.join(realpathSync(tmpdir()), 'jackfield-imports-'))
let violations: { rule: string; from: string; to: string }[] = []

beforeAll(async () => {
  layOut()
  const start = process.cwd()
  process.chdir(playground)
  try {
    const { output } = await cruise(['app', 'components', 'lib', 'scripts'], {
      ...config.options,
      tsConfig: { fileName: 'tsconfig.json' },
      ruleSet: { forbidden: config.forbidden as never },
      validate: true,
    })
    if (typeof output === 'string') throw new Error('expected the structured result')
    violations = output.summary.violations.map((violation) => ({
      rule: violation.rule.name,
      from: violation.from,
      to: violation.to,
    }))
  } finally {
    process.chdir(start)
  }
})
afterAll(() => rmSync(playground, { recursive: true, force: true }))

describe('a forbidden import is refused', () => {
  it.each(forbidden)('%s: %s must not import %s', (rule, from) => {
    expect(violations.filter((violation) => violation.from === from).map((violation) => violation.rule)).toContain(rule)
  })

  it('and every rule has an import that proves it', () => {
    expect(
      config.forbidden.map((rule) => rule.name).filter((name) => !forbidden.some(([rule]) => rule === name)),
    ).toEqual([])
  })
})

/** Writes the forbidden imports, and the files they point to, into a folder shaped like the checkout. */
function layOut(): void {
  const files = new Map<string, string>([
    [
      'package.json',
      JSON.stringify({
        type: 'module',
        imports: { '#lib/*': './lib/*.ts' },
        dependencies: { pg: '1', react: '1', '@prisma/client': '1' },
      }),
    ],
    [
      'tsconfig.json',
      JSON.stringify({
        compilerOptions: {
          module: 'preserve',
          moduleResolution: 'bundler',
          allowImportingTsExtensions: true,
          noEmit: true,
          jsx: 'react-jsx',
        },
      }),
    ],
    ['lib/core/b.ts', "import './a.ts'\n"],
    ['lib/format/innocent.ts', "import '../db/client.ts'\n"],
    ...['pg', 'react', '@prisma/client'].flatMap((name): [string, string][] => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' })],
      [`node_modules/${name}/index.js`, ''],
    ]),
  ])
  const isFile = (target: string) => /^(lib|app|components|scripts)\//.test(target)
  for (const [, from, to] of forbidden) {
    const target = isFile(to) ? relative(from, to) : to
    files.set(from, `${files.get(from) ?? ''}import ${JSON.stringify(target)}\n`)
  }
  for (const [, , to] of forbidden) if (isFile(to) && !files.has(to)) files.set(to, 'export {}\n')
  files.set('lib/db/client.ts', 'export {}\n')
  for (const [name, text] of files) {
    mkdirSync(path.join(playground, path.dirname(name)), { recursive: true })
    writeFileSync(path.join(playground, name), text)
  }
}

function relative(from: string, to: string): string {
  const target = path.relative(path.dirname(from), to)
  return target.startsWith('.') ? target : `./${target}`
}
