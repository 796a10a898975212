import { buildPages, isBuilt } from '#lib/supervisor/build'

// `npm run build`: what `npm start` does by itself when sources changed; `--force` builds in any case.
await import('./generate.ts')
if (isBuilt() && !process.argv.includes('--force')) console.log('The pages are already built from these sources.')
else await buildPages()
