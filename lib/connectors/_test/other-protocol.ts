/** Names a protocol by its first bytes, for whoever expected another; the banner itself is never shown. */
export const otherProtocol = (bytes: Buffer): string | undefined => {
  const start = bytes.subarray(0, 16).toString('latin1')
  if (start.startsWith('HTTP/') || start.startsWith('<')) return 'a web server'
  if (start.startsWith('SSH-')) return 'an SSH server'
  if (start.startsWith('220')) return 'a mail or FTP server'
  if ((bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 3) return 'a TLS service'
  if (bytes[3] === 0 && (bytes[4] === 0x0a || bytes[4] === 0xff)) return 'a MySQL server'
  if (/^[-+*$:]/.test(start)) return 'a Redis server'
  return undefined
}
