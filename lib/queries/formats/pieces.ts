/** Between the first and the last line of an export its file comes in pieces, each behind two numbers: how long it is, and how many rows it ends. */
const headBytes = 8
/** Far below 2^24, so that a head begins with a zero and is never taken for a line. */
const pieceMax_bytes = 1024 * 1024
const newline = 10

/** Bytes of a file, which are copied, and how many rows they end; there may be rows before there are bytes. */
export function* encodePieces(file: Uint8Array, rows: number): Generator<Uint8Array> {
  let at = 0
  do {
    const part = file.subarray(at, at + pieceMax_bytes)
    at += part.length
    const piece = Buffer.allocUnsafe(headBytes + part.length)
    piece.writeUInt32BE(part.length, 0)
    piece.writeUInt32BE(at === file.length ? rows : 0, 4)
    piece.set(part, headBytes)
    if (part.length > 0 || rows > 0) yield piece
  } while (at < file.length)
}

export type Piece = { line: Buffer } | { file: Buffer; rows: number }

/** Takes apart what `encodePieces` and lines make up. What is answered of a piece is lent as long as the chunk it came in. */
export const createPieceReader = () => {
  let held: Buffer = Buffer.alloc(0)
  let left = 0
  return function* (chunk: Uint8Array): Generator<Piece> {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    while (rest.length > 0) {
      if (left > 0) {
        const file = rest.subarray(0, left)
        left -= file.length
        rest = rest.subarray(file.length)
        yield { file, rows: 0 }
        continue
      }
      const begun = held.length > 0 ? Buffer.concat([held, rest]) : rest
      const isLine = begun[0] !== 0
      const size = isLine ? begun.indexOf(newline) + 1 : headBytes
      const isWhole = size > 0 && begun.length >= size
      held = Buffer.from(isWhole ? '' : begun)
      if (!isWhole) return
      rest = begun.subarray(size)
      if (isLine) yield { line: begun.subarray(0, size) }
      else {
        left = begun.readUInt32BE(0)
        yield { file: begun.subarray(0, 0), rows: begun.readUInt32BE(4) }
      }
    }
  }
}
