import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import type { EgressPolicy } from './protocol.ts'

type Address = ipaddr.IPv4 | ipaddr.IPv6

export interface Gate {
  /** A sentence that says why this address must not be dialled, or undefined if it may. Knows nothing of ports yet. */
  refuseAddress(address: string, host?: string): string | undefined
  /** The same, and our own services. */
  refuse(address: string, port: number, host?: string): string | undefined
  /**
   * The same for a host that an SSH server resolves and dials: what it names literally is judged, with the whole policy
   * where that server is this machine. Loopback and private networks are that server's own and not ours to forbid.
   */
  refuseBeyond(host: string, port: number | undefined, isHere: boolean): string | undefined
  /** Whether an address is this machine. */
  isHere(address: string): boolean
}

// Reachable as "private" or even as "public" addresses, but they hand out the machine's identity (CONN-2).
const metadata = [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.192/32',
  'fd00:ec2::/32',
  'fd20:ce::/32',
].map((range) => ipaddr.parseCIDR(range))

/** The egress policy as a function. Every spelling of an address has become a plain address before it gets here. */
export const createGate = (policy: EgressPolicy, interfaces: () => string[] = ownInterfaces): Gate => {
  const deny = readRules(policy.deny)
  const allow = readRules(policy.allow)
  const own = policy.own.flatMap(readOwn)
  const local = () => interfaces().flatMap((text) => parse(text) ?? [])

  const refuseOne = (address: Address, host: string | undefined): string | undefined => {
    const range: string = address.range()
    if (isNever(address, range)) return sentences.never
    if (deny.matches(address, host)) return sentences.denied
    if (allow.matches(address, host)) return undefined
    if (range === 'loopback') return policy.allow_loopback ? undefined : sentences.loopback
    if (privateRanges.has(range)) return policy.allow_private ? undefined : sentences.private
    return range === 'unicast' || range === 'rfc6052' ? undefined : sentences.never
  }

  const refuseAddress = (text: string, host?: string): string | undefined => {
    const address = parse(text)
    if (!address) return sentences.never
    return forms(address)
      .map((form) => refuseOne(form, host))
      .find(Boolean)
  }

  const isOwn = (text: string, port: number): boolean => {
    const ports = own.filter((entry) => entry.port === port)
    if (ports.length === 0) return false
    const mine = local()
    return forms(parse(text) ?? ipaddr.parse('0.0.0.0')).some((address) =>
      ports.some(({ host }) =>
        isHere(host) ? address.range() === 'loopback' || mine.some((one) => same(one, address)) : same(host, address),
      ),
    )
  }

  const refuse: Gate['refuse'] = (address, port, host) =>
    isOwn(address, port) ? sentences.own : refuseAddress(address, host)

  const refuseBeyond: Gate['refuseBeyond'] = (host, port, here) => {
    const name = plainName(host)
    const address = parse(isLocalName(name) ? '127.0.0.1' : name)
    if (!address) {
      const isOurs = policy.own.some((text) => text.toLowerCase() === `${name}:${port}`)
      return isOurs
        ? sentences.own
        : metadataNames.has(name)
          ? sentences.never
          : deny.matchesName(name)
            ? sentences.denied
            : undefined
    }
    const text = address.toString()
    if (here) return port === undefined ? refuseAddress(text, name) : refuse(text, port, name)
    const isOurs = own.some((entry) => entry.port === port && !isHere(entry.host) && same(entry.host, address))
    if (isOurs) return sentences.own
    return forms(address)
      .map((form) => (isNever(form, form.range()) ? sentences.never : deny.matches(form, name) && sentences.denied))
      .find((refusal) => typeof refusal === 'string')
  }

  const isMine: Gate['isHere'] = (text) => {
    const address = parse(text)
    return address !== undefined && (isHere(address) || local().some((one) => same(one, address)))
  }

  return { refuseAddress, refuse, refuseBeyond, isHere: isMine }
}

const isLocalName = (name: string): boolean => name === 'localhost' || name.endsWith('.localhost')

const metadataNames = new Set(['metadata.google.internal', 'metadata', 'instance-data', 'metadata.azure.internal'])

const sentences = {
  never:
    'Addresses of this kind are never dialled: they belong to the machine, the cloud’s metadata service or nobody.',
  denied: 'The administrator has excluded this address.',
  loopback: 'Addresses of this machine are not allowed on this installation.',
  private: 'Private networks are not allowed on this installation.',
  own: 'This is one of Jackfield’s own services.',
} as const

const privateRanges = new Set(['private', 'uniqueLocal', 'carrierGradeNat', 'benchmarking'])

// 100.64.0.0/10, fc00::/7 and the like may be opened by rule; these may not.
const neverRanges = new Set(['unspecified', 'broadcast', 'linkLocal', 'multicast', '6to4', 'teredo'])

const isNever = (address: Address, range: string): boolean =>
  neverRanges.has(range) || metadata.some(([base, bits]) => inRange(address, base, bits))

/** The address itself and every IPv4 address it stands for: mapped, compatible, NAT64, ISATAP. */
const forms = (address: Address): Address[] => {
  if (address.kind() === 'ipv4') return [address]
  const bytes = address.toByteArray()
  const tail = new ipaddr.IPv4(bytes.slice(12))
  const isZero = (from: number, to: number) => bytes.slice(from, to).every((byte) => byte === 0)
  if (isZero(0, 10) && bytes[10] === 0xff && bytes[11] === 0xff) return [tail]
  if (isZero(0, 12) && !(isZero(12, 15) && (bytes[15] ?? 0) <= 1)) return [tail, ipaddr.parse('::')]
  const isNat64 = bytes[0] === 0 && bytes[1] === 0x64 && bytes[2] === 0xff && bytes[3] === 0x9b
  const isIsatap = (bytes[8] ?? 0) % 2 === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe
  const isTranslated = isZero(0, 8) && bytes[8] === 0xff && bytes[9] === 0xff && isZero(10, 12)
  return isNat64 || isIsatap || isTranslated ? [address, tail] : [address]
}

interface Rules {
  matches(address: Address, host: string | undefined): boolean
  matchesName(host: string): boolean
}

/** CIDRs, single addresses, host names and `*.suffixes`. */
const readRules = (texts: string[]): Rules => {
  const ranges = texts.flatMap((text) => {
    if (ipaddr.isValidCIDR(text)) return [ipaddr.parseCIDR(text)]
    const address = parse(text)
    return address ? [[address, address.kind() === 'ipv4' ? 32 : 128] as [Address, number]] : []
  })
  const names = texts.filter((text) => !ipaddr.isValidCIDR(text) && !parse(text)).map(plainName)
  const matchesName = (host: string) => names.some((name) => nameMatches(name, plainName(host)))
  return {
    matches: (address, host) =>
      ranges.some(([base, bits]) => inRange(address, base, bits)) || (host !== undefined && matchesName(host)),
    matchesName,
  }
}

const nameMatches = (rule: string, host: string): boolean =>
  rule.startsWith('*.') ? host.endsWith(rule.slice(1)) : rule === host

const plainName = (name: string): string => name.toLowerCase().replace(/\.$/, '')

const readOwn = (text: string): { host: Address; port: number }[] => {
  const match = /^\[?([^\]]*)\]?:(\d+)$/.exec(text)
  const host = match?.[1] === 'localhost' ? '127.0.0.1' : match?.[1]
  const address = host === undefined ? undefined : parse(host)
  return match && address ? [{ host: address, port: Number(match[2]) }] : []
}

const isHere = (address: Address): boolean => ['loopback', 'unspecified'].includes(address.range())

const inRange = (address: Address, base: Address, bits: number): boolean =>
  address.kind() === base.kind() && address.match([base, bits] as never)

const same = (a: Address, b: Address): boolean => a.kind() === b.kind() && a.toString() === b.toString()

// Only the strict four-part form counts as IPv4 here: other spellings go through the resolver like any name.
const parse = (text: string): Address | undefined => {
  if (text.includes('%')) return undefined
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined
}

const ownInterfaces = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.address))
