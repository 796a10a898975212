import type { CutCell } from '#lib/connectors/contract'
import type { Cell, ResultColumn } from './result-store.ts'

export const isCut = (cell: Cell): cell is CutCell => typeof cell === 'object' && cell !== null

/** Whether values are compared digit by digit, and so stand to the right. */
export const isNumeric = ({ kind }: ResultColumn): boolean =>
  kind === 'integer' || kind === 'float' || kind === 'decimal'

/** How many bytes `\x00ff` stands for. */
export const hexBytes = (text: string): number =>
  Math.floor((text.startsWith('\\x') ? text.length - 2 : text.length) / 2)
