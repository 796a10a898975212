import { inspect } from 'node:util'

/** What a stored secret looks like to everyone; sending it back means "keep what is stored". */
export const secretMask = '********'

/** A value that no log, error or response can print by accident; the one place that needs it calls `reveal()`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return secretMask
  }

  toJSON(): string {
    return secretMask
  }

  [inspect.custom](): string {
    return secretMask
  }
}
