/** SQLite's plain error, the question cannot be asked of this one; and a refusal of ours. Damage and locks have other codes. */
const harmless = [1, 23]

/** Nothing for a view of a table that is gone, or one of a virtual table, whose module is not run. */
export const orNone = <T>(read: () => T[]): T[] => {
  try {
    return read()
  } catch (error) {
    if (!harmless.includes(Object(error).errcode)) throw error
    return []
  }
}
