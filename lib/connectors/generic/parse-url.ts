import { readPaste } from '../_paste/read.ts'
import { taking } from '../_paste/take.ts'
import type { ParsedUrl } from '../contract.ts'
import { presets } from './presets.ts'

/** Schemes of services that have no connector of their own, with the preset that knows what they answer. */
const services: Record<string, string | undefined> = {
  smtp: 'smtp',
  smtps: 'smtps',
  imaps: 'imaps',
  ssh: 'ssh',
  redis: 'redis',
  memcached: 'memcached',
  memcache: 'memcached',
  amqp: 'rabbitmq',
  nats: 'nats',
  zookeeper: 'zookeeper',
  zk: 'zookeeper',
  ldap: 'ldap',
  ldaps: 'ldaps',
  mqtts: 'mqtt',
}
const plain = ['tcp', 'telnet', 'mqtt']
const encrypted = ['tls', 'ssl', 'rediss', 'amqps', 'tcps']

/** `tcp://host:port`, `tls://host:port`, or the address of a service that a preset knows. */
export const parseServiceUrl = (text: string): ParsedUrl | undefined => {
  const parts = readPaste(text, { schemes: [...Object.keys(services), ...plain, ...encrypted] })
  if (parts?.dialect !== 'url') return undefined
  const { take, config, endpoint, notes, result } = taking(parts)
  const preset = presets.find(({ id }) => id === services[parts.scheme])
  Object.assign(config, preset?.config, encrypted.includes(parts.scheme) && { ssl_mode: 'verify-full' })
  endpoint()
  if (take('user', 'password') !== undefined)
    notes.push('The login was left out: this only looks whether the service answers.')
  take('database')
  return result({})
}
