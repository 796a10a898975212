import { capability, packet } from '../greeting.ts'

/** Packets a server could send, for those that mean ill. */
export const usual =
  capability.longPassword |
  capability.longFlag |
  capability.withDatabase |
  capability.protocol41 |
  capability.transactions |
  capability.secureConnection |
  capability.pluginAuth |
  capability.connectAttributes |
  capability.lenencAuth

/** What a server that wants too much says it can do: files, compression, several statements, factors. */
export const greedy = usual | (1 << 5) | (1 << 7) | (1 << 16) | (1 << 17) | (1 << 23) | (1 << 28)

export const hello = (flags = usual, plugin = 'mysql_native_password', version = '8.0.36'): Buffer => {
  const bits = Buffer.alloc(4)
  bits.writeInt32LE(flags)
  return packet(
    0,
    Buffer.concat([
      Buffer.from(`\n${version}\0`),
      Buffer.from([1, 0, 0, 0]),
      Buffer.from('12345678\0'),
      bits.subarray(0, 2),
      Buffer.from([45, 2, 0]),
      bits.subarray(2, 4),
      Buffer.from([21]),
      Buffer.alloc(10),
      Buffer.from('123456789012\0'),
      Buffer.from(`${plugin}\0`),
    ]),
  )
}

export const ok = (sequence: number): Buffer => packet(sequence, Buffer.from([0, 0, 0, 2, 0, 0, 0]))
export const error = (sequence: number, number: number, message: string, state = '#HY000'): Buffer =>
  packet(sequence, Buffer.concat([Buffer.from([0xff, number & 0xff, number >> 8]), Buffer.from(state + message)]))
export const switchTo = (plugin: string, sequence = 2): Buffer =>
  packet(sequence, Buffer.from(`\xfe${plugin}\0${'x'.repeat(20)}\0`, 'latin1'))
export const askFor = (file: string, sequence = 1): Buffer => packet(sequence, Buffer.from(`\xfb${file}`, 'latin1'))
