import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

// Writes the API description from the route files, so that it is served the same by every server and in development.
const root = path.join(import.meta.dirname, '..')
const target = path.join(root, 'lib/api/openapi.gen.ts')
const write = (document: unknown) => {
  const text = `// Written by \`npm run generate\` from the route files.\nexport const document = JSON.parse(\n  ${JSON.stringify(JSON.stringify(document))},\n) as Record<string, unknown>\n`
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) writeFileSync(target, text)
}
// The route that serves it imports it.
if (!existsSync(target)) write({})

const files = readdirSync(path.join(root, 'app/api'), { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts' && !file.startsWith('auth'))
  .map((file) => path.join('api', file))
  .sort()
const routes = await Promise.all(
  files.map(async (file) => ({
    path: `/${path
      .dirname(file)
      .split(path.sep)
      .join('/')
      .replace(/\[(\w+)\]/g, '{$1}')}`,
    exports: (await import(pathToFileURL(path.join(root, 'app', file)).href)) as Record<string, unknown>,
  })),
)
const { openapiDocument } = await import('../lib/api/openapi.ts')
write(openapiDocument(routes))
