import { formatBytes } from '#lib/format/number'
import type { ReplicationView } from '#lib/replications/schema'

interface SlotState {
  tone: 'neutral' | 'success' | 'warning' | 'danger'
  words: string
  /** What it means, where that is not plain. */
  sentence?: string
}

/** How a slot is, in words; the worst first. */
export const slotState = ({ seen, slot_made }: ReplicationView): SlotState => {
  if (!slot_made) return { tone: 'neutral', words: 'No slot yet', sentence: 'The steps that were taken can be undone.' }
  if (seen === null) return { tone: 'neutral', words: 'Not looked at yet' }
  if (!seen.exists) {
    return {
      tone: 'danger',
      words: 'Gone',
      sentence: 'The server has no such slot any more. A reader has to begin anew, with a new slot and a new copy.',
    }
  }
  if (seen.wal_status === 'lost') {
    return {
      tone: 'danger',
      words: 'Lost',
      sentence:
        'The server removed changes that it still needed. A reader has to begin anew, with a new slot and copy.',
    }
  }
  if (seen.wal_status === 'unreserved') {
    return {
      tone: 'danger',
      words: 'About to be lost',
      sentence: 'The server may remove changes that it still needs at any moment. Let its reader catch up now.',
    }
  }
  if (seen.active) return { tone: 'success', words: 'Being read' }
  return {
    tone: 'warning',
    words: 'Nobody reads it',
    sentence: 'The server keeps every change until somebody does. Start its reader, or drop it.',
  }
}

export const bytesOf = (bytes: number | null): string => (bytes === null ? '—' : formatBytes(bytes))

const walWords: Record<string, string> = {
  reserved: 'Kept within the usual size of the log',
  extended: 'Kept beyond the usual size of the log',
  unreserved: 'Not kept any more, may be removed',
  lost: 'Removed: changes are lost',
}

/** What the server says of the changes that it keeps. */
export const walStatus = (status: string | null): string => (status === null ? '—' : (walWords[status] ?? status))
