import { loadOrCreateKeyring } from '../keyring.ts'

// Run as a process of its own by the race test: waits for its start signal, then makes or finds the key.
const [folder = '', startAt = '0'] = process.argv.slice(2)
while (Date.now() < Number(startAt)) {
  /* both processes leave this loop within the same millisecond */
}
const ring = await loadOrCreateKeyring(folder, undefined)
process.stdout.write(JSON.stringify({ id: ring?.primary.id, created: ring?.created }))
