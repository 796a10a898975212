/** What the person at the console reads; everything else goes to the logs. */
export const say = (sentence = ''): void => {
  process.stdout.write(sentence === '' ? '\n' : `  ${sentence}\n`)
}

/** Runs one part of the start and says that it is done and how long it took. */
export const step = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
  const started = performance.now()
  const result = await work()
  say(`✓ ${label.padEnd(44)} ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s`)
  return result
}
