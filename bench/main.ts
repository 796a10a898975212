import { readdirSync } from 'node:fs'
import path from 'node:path'
import { type Figure, report } from './harness.ts'

// `npm run bench` runs every suite; `npm run bench -- list discovery` only the named ones.
const support = [
  'main.ts',
  'harness.ts',
  'events.ts',
  'fixture.ts',
  'huge-catalog.ts',
  'huge-terms.ts',
  'processes.ts',
  'workspace.ts',
]
const all = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !support.includes(file))
  .map((file) => path.basename(file, '.ts'))
const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. Choose from: ${all.join(', ')}.`)
  process.exit(2)
}

const figures: Figure[] = []
for (const name of chosen.length > 0 ? chosen : all) {
  console.log(`── ${name}`)
  const suite = (await import(`./${name}.ts`)) as { run(): Promise<Figure[]> }
  figures.push(...(await suite.run()))
}
process.exit(report(figures) ? 0 : 1)
