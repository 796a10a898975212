import path from 'node:path'
import next from 'next'
import { env } from '#lib/config/env'
import { disconnect } from '#lib/db/client'
import { endAll } from '#lib/queries/running'
import { createRequestMetrics } from './metrics.ts'
import { isRouteFile, loadRoutes } from './routes.ts'
import { createWebServer } from './server.ts'
import { listStaticFiles } from './static.ts'

// The web process: pages through Next, the API through the same route files without it. It holds no key and loads no driver.
const root = path.join(import.meta.dirname, '../..')
const { JACKFIELD_HOST, JACKFIELD_PORT, JACKFIELD_URL, NODE_ENV } = env()
const development = NODE_ENV === 'development'
const origin = new URL(JACKFIELD_URL ?? `http://localhost:${JACKFIELD_PORT}`).origin

const app = next({ dev: development, dir: root, hostname: JACKFIELD_HOST, port: JACKFIELD_PORT, quiet: true })
const [routes] = await Promise.all([
  development ? undefined : loadRoutes(path.join(root, 'app'), ['/api/auth/']),
  app.prepare(),
])
const pages = app.getRequestHandler()
const web = createWebServer({
  origin,
  development,
  pages: (request, response) => pages(request, response),
  metrics: createRequestMetrics(),
  ...(routes && { routes, files: listStaticFiles(path.join(root, '.next')) }),
  ...(development && {
    upgrade: app.getUpgradeHandler(),
    isRoute: (pathname) => isRouteFile(path.join(root, 'app'), pathname),
  }),
})
const port = await web.listen(JACKFIELD_PORT, JACKFIELD_HOST)
process.send?.({ ready: true, port })

let stopping: Promise<void> | undefined
const stop = (): Promise<void> => {
  stopping ??= (async () => {
    const stopped = web.stop()
    endAll()
    await stopped
    await Promise.all([app.close(), disconnect()])
    process.exit(0)
  })()
  return stopping
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
// A supervisor that was killed cannot take us down, and its successor needs the port.
process.on('disconnect', () => process.exit(1))
