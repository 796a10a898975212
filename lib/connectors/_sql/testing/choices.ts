/** What a grammar of random statements is written with; the same numbers make the same choices. */
export const choicesFrom = (random: () => number) => {
  const chance = (share: number): boolean => random() < share
  const pick = (options: readonly string[]): string => options[Math.floor(random() * options.length)] ?? ''
  const one = (...options: (() => string)[]): string => options[Math.floor(random() * options.length)]?.() ?? ''
  const some = (write: () => string, most: number): string =>
    Array.from({ length: 1 + Math.floor(random() * most) }, write).join(', ')
  const maybe = (share: number, write: () => string): string => (chance(share) ? ` ${write()}` : '')
  return { chance, pick, one, some, maybe }
}
