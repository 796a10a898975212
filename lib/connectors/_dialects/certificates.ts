import type { Spoken } from '../contract.ts'

const endings = { ca: 'ca.pem', certificate: 'client.pem', key: 'client.key' } as const
type Piece = keyof typeof endings

export interface CertificateFiles {
  /** How the text names each file that there is. */
  names: Partial<Record<Piece, string>>
  contents: Record<string, string>
}

/** Certificates are files to every client; they are named after the connection. */
export const certificateFiles = (connId: string, pieces: Record<Piece, string | undefined>): CertificateFiles => {
  const known = (Object.keys(endings) as Piece[]).flatMap((piece) => {
    const text = pieces[piece]
    return text === undefined ? [] : [{ piece, name: `${connId}.${endings[piece]}`, text }]
  })
  return {
    names: Object.fromEntries(known.map(({ piece, name }) => [piece, name])),
    contents: Object.fromEntries(known.map(({ name, text }) => [name, text])),
  }
}

/** A text with the files it names. */
export const withFiles = ({ text, notes = [] }: Spoken, { contents }: CertificateFiles): Spoken => {
  const names = Object.keys(contents)
  const write = names.length > 0 ? [`Write ${names.join(', ')} beside it; keys readable by their owner only.`] : []
  return { text, files: contents, notes: [...notes, ...write] }
}
