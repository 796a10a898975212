import dgram from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { Server, Socket } from 'node:net'
// Writes to `process.chdir` when it is loaded, and `node:http` loads it; no worker can be started here.
import 'node:worker_threads'

/**
 * Node's permission model keeps files, child processes, workers and add-ons away from a driver. What it leaves open and
 * a driver has no business with is taken away here: signals to other processes, above all the engine.
 */
export const closeLoopholes = (): void => {
  for (const name of [
    'kill',
    '_kill',
    '_debugProcess',
    '_debugEnd',
    'setuid',
    'setgid',
    'umask',
    'chdir',
    'loadEnvFile',
  ]) {
    takeAway(process, name)
  }
  syncBuiltinESMExports()
}

/** For a runner that only reads a file: no socket is opened or awaited, and no name looked up. */
export const closeNetwork = (): void => {
  takeAway(Socket.prototype, 'connect')
  takeAway(Server.prototype, 'listen')
  for (const name of ['bind', 'send', 'connect']) takeAway(dgram.Socket.prototype, name)
  for (const place of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
    for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveTxt', 'resolveAny', 'reverse'])
      if (name in place) takeAway(place, name)
  syncBuiltinESMExports()
}

const takeAway = (from: object, name: string): void => {
  Object.defineProperty(from, name, { value: refuse, configurable: false, writable: false })
}

const refuse = () => {
  throw new Error('not available in a runner')
}
