import { syncBuiltinESMExports } from 'node:module'

/**
 * Node's permission model keeps files, child processes, workers and add-ons away from a driver. What it leaves open and
 * a driver has no business with is taken away here: signals to other processes, above all the engine.
 */
export const closeLoopholes = (): void => {
  const refuse = () => {
    throw new Error('not available in a runner')
  }
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
    Object.defineProperty(process, name, { value: refuse, configurable: false, writable: false })
  }
  syncBuiltinESMExports()
}
