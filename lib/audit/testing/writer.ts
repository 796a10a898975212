import { connect } from '#lib/db/client'
import { record } from '../record.ts'

// A process of its own that writes: `writer.ts <chain> <name> <writers> <events each>`.
const [chain = '', name = '', writers = '1', each = '1'] = process.argv.slice(2)
const db = connect(process.env.DATABASE_URL, 10)

const write = async (writer: number): Promise<void> => {
  for (let n = 0; n < Number(each); n++) {
    await record(db, {
      actor: { kind: 'user', id: 'usr_1', name, workspaceId: chain },
      event: 'connection.created',
      outcome: 'success',
      subject: { type: 'connection', id: `${name}-${writer}-${n}`, details: { n } },
    })
  }
}
await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)))
await db.$disconnect()
