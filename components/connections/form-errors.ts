/** What is wrong with one field, and with the members of a list or a map; read off the errors react-hook-form keeps. */
export const errorAt = (errors: unknown, name: string): string | undefined => messageOf(Object(errors)[name])

export const rowErrorsAt = (errors: unknown, name: string): ReadonlyMap<number, string> => {
  const given: Record<string, unknown> = Object(Object(errors)[name])
  const rows = Object.entries(given).flatMap(([row, error]): [number, string][] => {
    const message = /^\d+$/.test(row) ? messageOf(error) : undefined
    return message === undefined ? [] : [[Number(row), message]]
  })
  return new Map(rows)
}

const messageOf = (error: unknown): string | undefined => {
  const { message } = Object(error)
  return typeof message === 'string' ? message : undefined
}
