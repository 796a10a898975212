/** Text for a LIKE pattern, matching itself and nothing else. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (char) => `\\${char}`)
