import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

// Writes the registries from the folders beside this file, so that a new connector is one folder and nothing else.
const here = import.meta.dirname
const ids = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map((entry) => entry.name)
  .sort()

const banner = '// Written by `npm run generate`: one line per folder in lib/connectors.\n'
const variable = (id: string) => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
const key = (id: string) => (/^\w+$/.test(id) ? id : `'${id}'`)

const files = {
  'registry.gen.ts': `${ids.map((id) => `import { manifest as ${variable(id)} } from './${id}/manifest.ts'\n`).join('')}
export const manifests = { ${ids.map((id) => (id === variable(id) ? id : `'${id}': ${variable(id)}`)).join(', ')} } as const
export type ConnectorId = keyof typeof manifests
`,
  'drivers.gen.ts': `export const drivers = {\n${ids.map((id) => `  ${key(id)}: () => import('./${id}/driver.ts'),\n`).join('')}} as const\n`,
  // Loaded by the engine alone; a connector without one is handed out as fields.
  'dialects.gen.ts': dialectsFile(ids.filter((id) => existsSync(path.join(here, id, 'dialects.ts')))),
  'icons.gen.ts': iconsFile(
    'icons',
    ids.map((id) => [id, path.join(here, id, 'icon.svg')]),
  ),
  // Apart from the connectors' own: only the catalog shows them, and no other page should carry them.
  'preset-icons.gen.ts': iconsFile('presetIcons', ids.flatMap(presetIconsOf)),
}

for (const [name, text] of Object.entries(files)) {
  const file = path.join(here, name)
  const content = banner + text
  if (readIfThere(file) !== content) writeFileSync(file, content)
}

function dialectsFile(speaking: readonly string[]): string {
  const imports = speaking.map((id) => `import { dialects as ${variable(id)} } from './${id}/dialects.ts'\n`)
  const names = speaking.map((id) => (id === variable(id) ? id : `'${id}': ${variable(id)}`))
  return `${imports.join('')}\nexport const dialects = { ${names.join(', ')} } as const\n`
}

function iconsFile(name: string, icons: readonly (readonly [string, string])[]): string {
  const lines = icons.map(([id, file]) => `  ${key(id)}: ${JSON.stringify(readFileSync(file, 'utf8').trim())},\n`)
  return `export const ${name}: Record<string, string> = {\n${lines.join('')}}\n`
}

/** `postgres/icons/neon.svg` is the logo of the preset `neon`. */
function presetIconsOf(id: string): [string, string][] {
  const folder = path.join(here, id, 'icons')
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.svg'))
    .sort()
    .map((file) => [`${id}/${path.basename(file, '.svg')}`, path.join(folder, file)])
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
