import { readdirSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

export type RouteParams = Record<string, string | string[]>

/** What a route file exports for one method; the same shape that Next calls. */
export type RouteHandler = (request: Request, context: { params: Promise<RouteParams> }) => Promise<Response> | Response

export interface Route {
  /** As in the API reference: `/api/connections/{ref}`. */
  pattern: string
  handlers: Partial<Record<string, RouteHandler>>
  /** For `Allow`. */
  methods: string[]
}

export interface RouteMatch {
  route: Route
  params: RouteParams
}

interface Node {
  children: Map<string, Node>
  parameter?: { name: string; node: Node }
  rest?: { name: string; route: Route }
  route?: Route
}

/** The route files of a folder, loaded; `match` answers the most specific one, undefined if there is none. */
export interface Routes {
  match(pathname: string): RouteMatch | undefined
}

/** Reads `app/api/**` the way Next does: folders are segments, `[name]` is a parameter, `[...name]` the rest. */
export const loadRoutes = async (app: string, skip: readonly string[] = []): Promise<Routes> => {
  const files = routeFiles(app).filter(
    (segments) => !skip.some((prefix) => `/${segments.join('/')}/`.startsWith(prefix)),
  )
  const tree: Node = { children: new Map() }
  await Promise.all(
    files.map(async (segments) => {
      const url = pathToFileURL(path.join(app, ...segments, 'route.ts')).href
      addRoute(tree, segments, routeOf(segments, (await import(url)) as Record<string, unknown>))
    }),
  )
  return { match: (pathname) => matchPath(tree, pathname) }
}

/** Whether a route file serves this path, without loading any; looks anew each time, as files come and go in development. */
export const isRouteFile = (app: string, pathname: string): boolean => {
  const tree: Node = { children: new Map() }
  for (const segments of routeFiles(app)) addRoute(tree, segments, routeOf(segments, {}))
  return matchPath(tree, pathname) !== undefined
}

const routeFiles = (app: string): string[][] =>
  readdirSync(path.join(app, 'api'), { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file) === 'route.ts')
    .map((file) => ['api', ...path.dirname(file).split(path.sep)].filter((segment) => segment !== '.'))

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Builds a route from what its file exports. */
export const routeOf = (segments: string[], exported: Record<string, unknown>): Route => {
  const handlers: Route['handlers'] = {}
  for (const method of methods) {
    const handler = exported[method]
    if (typeof handler === 'function') handlers[method] = handler as RouteHandler
  }
  if (handlers.GET && !handlers.HEAD) handlers.HEAD = handlers.GET
  const pattern = `/${segments.map((segment) => segment.replace(/^\[(?:\.\.\.)?(.+)\]$/, '{$1}')).join('/')}`
  return { pattern, handlers, methods: [...Object.keys(handlers), 'OPTIONS'] }
}

const addRoute = (tree: Node, segments: string[], route: Route): void => {
  let node = tree
  for (const segment of segments) {
    const rest = /^\[\.\.\.(.+)\]$/.exec(segment)?.[1]
    const name = /^\[(.+)\]$/.exec(segment)?.[1]
    if (rest !== undefined) {
      node.rest = { name: rest, route }
      return
    }
    if (name === undefined) node = node.children.get(segment) ?? addChild(node, segment)
    else {
      node.parameter ??= { name, node: { children: new Map() } }
      node = node.parameter.node
    }
  }
  node.route = route
}

const addChild = (node: Node, segment: string): Node => {
  const child: Node = { children: new Map() }
  node.children.set(segment, child)
  return child
}

const matchPath = (tree: Node, pathname: string): RouteMatch | undefined => {
  const segments = pathname.slice(1).split('/').map(decodeSegment)
  if (!segments.every((segment) => segment !== undefined && segment !== '')) return undefined
  return matchNode(tree, segments as string[], {})
}

// A fixed name beats a parameter, a parameter beats the rest; a dead end is walked back.
const matchNode = (node: Node, segments: string[], params: RouteParams): RouteMatch | undefined => {
  const [first, ...others] = segments
  if (first === undefined) return node.route && { route: node.route, params }
  const child = node.children.get(first)
  const fixed = child && matchNode(child, others, params)
  if (fixed) return fixed
  const { parameter, rest } = node
  const found = parameter && matchNode(parameter.node, others, { ...params, [parameter.name]: first })
  return found ?? (rest && { route: rest.route, params: { ...params, [rest.name]: segments } })
}

const decodeSegment = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
