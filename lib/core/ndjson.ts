/** One value as a line of NDJSON. */
export const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`

export const encodeLine = (value: unknown): Buffer => Buffer.from(lineOf(value))

export const encodeLines = (values: readonly unknown[]): Buffer => Buffer.from(values.map(lineOf).join(''))
