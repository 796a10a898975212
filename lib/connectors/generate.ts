import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

// Writes the registries from the folders beside this file, so that a new connector is one folder and nothing else.
const here = import.meta.dirname
const ids = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map((entry) => entry.name)
  .sort()

const banner = '// Written by `npm run generate`: one line per folder in lib/connectors.\n'
const variable = (id: string) => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const key = (id: string) => (id === variable(id) ? id : `'${id}'`)

const files = {
  'registry.gen.ts': `${ids.map((id) => `import { manifest as ${variable(id)} } from './${id}/manifest.ts'\n`).join('')}
export const manifests = { ${ids.map((id) => (id === variable(id) ? id : `'${id}': ${variable(id)}`)).join(', ')} } as const
export type ConnectorId = keyof typeof manifests
`,
  'drivers.gen.ts': `export const drivers = {\n${ids.map((id) => `  ${key(id)}: () => import('./${id}/driver.ts'),\n`).join('')}} as const\n`,
  'icons.gen.ts': `export const icons: Record<string, string> = {\n${ids.map((id) => `  ${key(id)}: ${JSON.stringify(readFileSync(path.join(here, id, 'icon.svg'), 'utf8').trim())},\n`).join('')}}\n`,
}

for (const [name, text] of Object.entries(files)) {
  const file = path.join(here, name)
  const content = banner + text
  if (readIfThere(file) !== content) writeFileSync(file, content)
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
